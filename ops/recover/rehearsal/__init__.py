"""``shop recover rehearse``: the runbooks on the local stack, with something to repair."""
