"""What the functions of a stack logged, read from their log groups."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_logs import CloudWatchLogsClient

    from ops.target import Target

_POLL_SECONDS = 1.0
# Lines of the emulator about each call, which the stack's log settings keep away on AWS.
_PLATFORM = ("START RequestId", "END RequestId", "REPORT RequestId")


class Line(NamedTuple):
    """A line and where it stands; the emulator gives its events no ids."""

    milliseconds: int
    stream: str
    text: str


def lines(target: Target, *, follow: bool) -> Iterator[str]:
    """Lines of all functions in the order of their time; with ``follow`` also those to come."""
    client = target.logs()
    groups = _log_groups(target)
    since = 0
    shown: set[Line] = set()  # of the last millisecond that was read, which may not be complete
    while True:
        new = sorted(set(_lines(client, groups, since)) - shown)
        yield from (line.text for line in new)
        if new:
            since = new[-1].milliseconds
            shown = {line for line in {*shown, *new} if line.milliseconds == since}
        if not follow:
            return
        time.sleep(_POLL_SECONDS)


def _log_groups(target: Target) -> list[str]:
    functions = target.resources("AWS::Lambda::Function")
    configured = map(target.lambda_function, functions)
    return [function["LoggingConfig"]["LogGroup"] for function in configured]


def _lines(client: CloudWatchLogsClient, groups: list[str], since: int) -> Iterator[Line]:
    pages = client.get_paginator("filter_log_events")
    for group in groups:
        for page in pages.paginate(logGroupName=group, startTime=since):
            for event in page["events"]:
                if not event["message"].startswith(_PLATFORM):
                    text = event["message"].rstrip("\n")
                    yield Line(event["timestamp"], event["logStreamName"], text)
