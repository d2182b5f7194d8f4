"""``shop recover verify``: whether the shop is as it should be, and could be brought back."""
