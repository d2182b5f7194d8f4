"""``shop deploy``: a stage brought to what the code says, in the order that keeps it open."""
