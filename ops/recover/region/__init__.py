"""``shop recover region``: the shop in another region, from what was replicated there."""
