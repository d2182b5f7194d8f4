"""``shop recover``: bring tables, buckets and a lost region back."""
