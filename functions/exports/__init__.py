"""Exports the tables to a bucket, each day, and watches that it is done."""
