"""Structured logs: one JSON line a request, and one more when something broke."""

from functools import cache

from aws_lambda_powertools import Logger


@cache
def logger() -> Logger:
    """The function's logger; its name comes from POWERTOOLS_SERVICE_NAME."""
    return Logger(use_rfc3339=True, utc=True, location=None, serialize_stacktrace=False)
