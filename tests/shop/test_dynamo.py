"""Reads are complete, and a busy DynamoDB is Unavailable."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from botocore.exceptions import ClientError

from shop import aws, dynamo
from shop.errors import Unavailable
from tests.shop.shelf import row
from tests.shop.wire import Wire, refusal


def rows(*names: str) -> list[dict[str, Any]]:
    return [{"pk": {"S": "SHELF"}, "sk": {"S": name}} for name in names]


def page(*names: str, more: bool) -> dict[str, Any]:
    """A page of a query, and whether there is ``more`` behind it."""
    return {"Items": rows(*names)} | ({"LastEvaluatedKey": key(names[-1:])} if more else {})


def key(names: tuple[str, ...]) -> dict[str, Any]:
    return {"pk": {"S": "SHELF"}, "sk": {"S": names[0] if names else "filtered"}}


def query(table: dynamo.Table, limit: int | None = None) -> list[str]:
    found = table.query("pk = :pk", {":pk": "SHELF"}, limit=limit)
    return [row["sk"] for row in found]


def test_a_query_says_all_that_it_was_asked_to(table: dynamo.Table) -> None:
    wire = Wire(dynamo.client(), page(more=False))
    found = table.query(
        "pk = :pk", {":pk": "SHELF"}, index="by-name", forward=False, limit=7, consistent=True
    )
    assert found == []
    assert wire.requests == [
        {
            "TableName": "shelf",
            "IndexName": "by-name",
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": {"S": "SHELF"}},
            "ScanIndexForward": False,
            "ConsistentRead": True,
            "Limit": 7,
        }
    ]


def test_a_query_without_limit_reads_to_the_end(table: dynamo.Table) -> None:
    wire = Wire(
        dynamo.client(),
        page("a", "b", more=True),
        page(more=True),
        page("c", more=False),
    )
    assert query(table) == ["a", "b", "c"]
    assert [each.get("Limit") for each in wire.requests] == [None, None, None]
    assert [each.get("ExclusiveStartKey") for each in wire.requests] == [
        None,
        key(("b",)),
        key(()),
    ]


def test_a_short_page_is_not_the_end(table: dynamo.Table) -> None:
    wire = Wire(
        dynamo.client(),
        page("a", more=True),
        page(more=True),
        page("b", "c", more=True),
        page("d", more=False),
    )
    assert query(table, limit=4) == ["a", "b", "c", "d"]
    assert [each["Limit"] for each in wire.requests] == [4, 3, 3, 1]


def test_a_query_stops_at_its_limit_though_there_is_more(table: dynamo.Table) -> None:
    wire = Wire(dynamo.client(), page("a", "b", more=True))
    assert query(table, limit=2) == ["a", "b"]
    assert len(wire.requests) == 1


def test_a_query_stops_where_the_rows_do(table: dynamo.Table) -> None:
    wire = Wire(dynamo.client(), page("a", more=False))
    assert query(table, limit=5) == ["a"]
    assert len(wire.requests) == 1


KEYS = [{"pk": "SHELF", "sk": name} for name in "abc"]


def batch(*names: str, unprocessed: str = "") -> dict[str, Any]:
    left = {"shelf": {"Keys": rows(*unprocessed)}} if unprocessed else {}
    return {"Responses": {"shelf": rows(*names)}, "UnprocessedKeys": left}


def asked(request: dict[str, Any]) -> str:
    return "".join(each["sk"]["S"] for each in request["RequestItems"]["shelf"]["Keys"])


@pytest.mark.parametrize("consistent", [True, False])
def test_a_batch_is_one_request(
    table: dynamo.Table, sleeps: list[float], *, consistent: bool
) -> None:
    wire = Wire(dynamo.client(), batch("a", "b", "c"))
    found = table.batch_get(KEYS, consistent=consistent)
    assert [row["sk"] for row in found] == ["a", "b", "c"]
    assert wire.requests == [
        {
            "RequestItems": {
                "shelf": {"Keys": rows("a", "b", "c"), "ConsistentRead": consistent},
            }
        }
    ]
    assert sleeps == []


def test_no_keys_are_no_request(table: dynamo.Table) -> None:
    wire = Wire(dynamo.client(), batch())
    assert table.batch_get([]) == []
    assert wire.requests == []


def test_rows_that_do_not_exist_are_left_out(table: dynamo.Table) -> None:
    Wire(dynamo.client(), {"Responses": {}, "UnprocessedKeys": {}})
    assert table.batch_get(KEYS) == []


def test_unprocessed_keys_are_asked_for_again(table: dynamo.Table, sleeps: list[float]) -> None:
    wire = Wire(
        dynamo.client(),
        batch("a", unprocessed="bc"),
        batch(unprocessed="bc"),
        batch("c", unprocessed="b"),
        batch("b"),
    )
    found = table.batch_get(KEYS)
    assert [row["sk"] for row in found] == ["a", "c", "b"]
    assert [asked(each) for each in wire.requests] == ["abc", "bc", "bc", "b"]
    assert len(sleeps) == 3


def test_keys_that_stay_unprocessed_are_given_up_after_growing_waits_with_jitter(
    table: dynamo.Table, sleeps: list[float]
) -> None:
    wire = Wire(dynamo.client(), batch(unprocessed="abc"))
    for _ in range(30):
        with pytest.raises(Unavailable):
            table.batch_get(KEYS)
    assert len(wire.requests) == 30 * 5
    assert len(sleeps) == 30 * 4
    assert len(set(sleeps)) == len(sleeps), "waits of one length would collide again"
    for retry, longest in enumerate([0.1, 0.2, 0.4, 0.8]):
        waits = sleeps[retry::4]
        assert 0 <= min(waits) < longest / 2 < max(waits) <= longest


def test_a_row_is_read_as_it_was_last_written(shelf: dynamo.Table, calls: list[str]) -> None:
    written = row("a", amount=Decimal("19.99"), tags=["x"], on=True)
    shelf.client.put_item(TableName=shelf.name, Item=dynamo.to_wire(written))
    shelf.client.put_item(TableName=shelf.name, Item=dynamo.to_wire(row("b")))
    calls.clear()
    assert shelf.get({"pk": "SHELF", "sk": "a"}) == written
    assert shelf.get({"pk": "SHELF", "sk": "b"}) == row("b")
    assert shelf.get({"pk": "SHELF", "sk": "c"}) is None
    assert shelf.get({"pk": "OTHER", "sk": "a"}) is None
    assert calls == ["GetItem"] * 4


def test_a_row_is_read_consistently(table: dynamo.Table) -> None:
    wire = Wire(dynamo.client(), {})
    assert table.get({"pk": "SHELF", "sk": "a"}) is None
    assert wire.requests == [
        {"TableName": "shelf", "Key": rows("a")[0], "ConsistentRead": True},
    ]


def reads(table: dynamo.Table) -> list[Callable[[], object]]:
    return [
        partial(table.get, KEYS[0]),
        partial(query, table),
        partial(table.batch_get, KEYS),
    ]


def test_every_read_of_a_busy_dynamodb_is_unavailable(table: dynamo.Table) -> None:
    Wire(dynamo.client(), refusal("ThrottlingException"))
    for read in reads(table):
        with pytest.raises(Unavailable):
            read()


@pytest.mark.parametrize(
    "code", ["AccessDeniedException", "ResourceNotFoundException", "ValidationException"]
)
def test_any_other_error_of_a_read_passes_through(table: dynamo.Table, code: str) -> None:
    wire = Wire(dynamo.client(), refusal(code))
    for read in reads(table):
        with pytest.raises(ClientError, match=code):
            read()
    assert len(wire.requests) == 3, "trying again would not help"


def test_there_is_one_client_with_the_limits_of_a_request() -> None:
    config: Any = dynamo.client().meta.config
    assert dynamo.client() is dynamo.client()
    assert (config.connect_timeout, config.read_timeout) == (1, 1)
    assert config.retries == aws.CONFIG.retries  # type: ignore[attr-defined]  # not in the stubs


def test_values_are_the_same_on_the_wire_and_back() -> None:
    item = {
        "text": "caf\u00e9",
        "amount": Decimal("99999999.99"),
        "whole": Decimal(2**31 - 1),
        "yes": True,
        "list": ["a", Decimal(1)],
        "map": {"inner": "b"},
    }
    wire = dynamo.to_wire(item)
    assert wire["amount"] == {"N": "99999999.99"}
    assert dynamo.from_wire(wire) == item


def test_absent_values_are_left_out() -> None:
    assert dynamo.to_wire({"here": "", "absent": None}) == {"here": {"S": ""}}
