"""Changes of item shapes, in the order in which they were made."""
