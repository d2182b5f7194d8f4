"""Errors that a person at the command line gets to see, as one sentence and no traceback."""


class OperationError(Exception):
    """What went wrong and what to do about it."""
