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
    groups = _function_log_groups(target)
    seen: set[Line] = set()
    while True:
        for line in sorted(_lines(client, groups)):
            if line not in seen:
                seen.add(line)
                yield line.text
        if not follow:
            return
        time.sleep(_POLL_SECONDS)


def _function_log_groups(target: Target) -> list[str]:
    pages = target.cloudformation().get_paginator("list_stack_resources")
    return [
        resource["PhysicalResourceId"]
        for page in pages.paginate(StackName=target.stack)
        for resource in page["StackResourceSummaries"]
        if resource["ResourceType"] == "AWS::Logs::LogGroup"
    ]


def _lines(client: CloudWatchLogsClient, groups: list[str]) -> list[Line]:
    return [
        Line(event["timestamp"], event["logStreamName"], event["message"].rstrip("\n"))
        for group in groups
        for page in client.get_paginator("filter_log_events").paginate(logGroupName=group)
        for event in page["events"]
        if not event["message"].startswith(_PLATFORM)
    ]
