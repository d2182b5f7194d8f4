"""Checks access tokens for the gateway."""
