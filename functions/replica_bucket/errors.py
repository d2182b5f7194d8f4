"""What keeps a bucket from being made, in words that CloudFormation shows to a person."""


class NotPossible(Exception):
    """Trying again changes nothing until someone changes something."""


class TimeIsUp(Exception):
    """The function must answer now; what is begun is finished by the next attempt."""
