"""``shop migrate``: the shapes of tables and of items, changed while the shop is open."""
