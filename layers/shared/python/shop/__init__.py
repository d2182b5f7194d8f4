"""What the contexts share. It knows none of them."""
