"""``shop recover drill``: break a shop of its own on purpose, and bring it back."""
