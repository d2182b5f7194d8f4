"""Accounts, and the sessions that are signed in to them."""
