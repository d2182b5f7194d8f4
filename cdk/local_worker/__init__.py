"""For PYTHONPATH, not to be imported: what Python runs at its start in a function's process."""
