"""Records of the orders table's stream, made of real rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shop.dynamo import to_wire
from shop.events import STREAM

if TYPE_CHECKING:
    from collections.abc import Mapping


def record(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> dict[str, Any]:
    """What the stream says of a row that was ``old`` and is ``new``; None where there was none."""
    row = new or old
    assert row
    change: dict[str, Any] = {
        "ApproximateCreationDateTime": 1795359845,
        "Keys": to_wire({"pk": row["pk"], "sk": row["sk"]}),
        "SequenceNumber": "111",
        "SizeBytes": 26,
        "StreamViewType": "NEW_AND_OLD_IMAGES",
    }
    if old:
        change["OldImage"] = to_wire(old)
    if new:
        change["NewImage"] = to_wire(new)
    return {
        "eventID": "c81e728d9d4c2f636f067f89cc14862c",
        "eventName": "MODIFY" if old and new else "INSERT" if new else "REMOVE",
        "eventVersion": "1.1",
        "eventSource": STREAM,
        "awsRegion": "eu-central-1",
        "dynamodb": change,
        "eventSourceARN": "arn:aws:dynamodb:eu-central-1:123456789012:table/orders/stream/2026",
    }
