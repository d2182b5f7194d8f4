"""The address books of the shop's users."""
