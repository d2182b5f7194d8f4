"""Categories and products into a shop's table, from files or generated; safe to repeat."""
