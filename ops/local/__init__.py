"""The local environment: the real template in an embedded AWS (docs/adr/0002)."""
