"""``shop recover table``: restore, compare, repair and adopt tables."""
