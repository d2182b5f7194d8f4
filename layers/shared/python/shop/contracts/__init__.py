"""What one context lets others rely on: pieces of transactions, and what its stream tells.

Each module belongs to the context of its name, whose table it touches, and which uses it too.
"""
