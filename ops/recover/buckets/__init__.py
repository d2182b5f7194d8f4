"""``shop recover bucket``: versions of objects back to a moment."""
