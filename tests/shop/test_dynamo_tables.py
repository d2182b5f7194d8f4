"""Rows of several tables in one round trip, and the names that expressions need."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from shop import dynamo
from shop.dynamo import Table
from shop.errors import Unavailable
from tests.shop.shelf import key, row
from tests.shop.wire import Wire, refusal
from tests.tables import create_table

if TYPE_CHECKING:
    from shop.dynamo import Item

ATTEMPTS = 5


def wired(*names: str) -> list[dict[str, Any]]:
    return [{"pk": {"S": "SHELF"}, "sk": {"S": name}} for name in names]


def answer(left: dict[str, str] | None = None, **found: str) -> dict[str, Any]:
    """Rows by table, each named with a letter, and those ``left`` for later."""
    return {
        "Responses": {table: wired(*names) for table, names in found.items()},
        "UnprocessedKeys": {
            table: {"Keys": wired(*names), "ConsistentRead": True}
            for table, names in (left or {}).items()
        },
    }


def wanted(**names: str) -> list[tuple[Table, list[Item]]]:
    return [
        (Table(table, dynamo.client()), [key(name) for name in letters])
        for table, letters in names.items()
    ]


def letters(tables: list[list[dict[str, Any]]]) -> list[str]:
    return ["".join(each["sk"] for each in rows) for rows in tables]


@pytest.mark.parametrize("consistent", [True, False])
def test_tables_are_asked_together_and_answer_in_order(
    sleeps: list[float], *, consistent: bool
) -> None:
    wire = Wire(dynamo.client(), answer(shelf="ab", drawer="c"))
    found = dynamo.batch_get(wanted(drawer="cd", shelf="ab"), consistent=consistent)
    assert letters(found) == ["c", "ab"]
    assert wire.requests == [
        {
            "RequestItems": {
                "drawer": {"Keys": wired(*"cd"), "ConsistentRead": consistent},
                "shelf": {"Keys": wired(*"ab"), "ConsistentRead": consistent},
            }
        }
    ]
    assert sleeps == []


def test_a_table_of_which_nothing_is_wanted_is_not_asked_and_answers_nothing() -> None:
    """DynamoDB refuses an empty list of keys."""
    wire = Wire(dynamo.client(), answer(shelf="a"))
    assert letters(dynamo.batch_get(wanted(drawer="", shelf="a", box=""))) == ["", "a", ""]
    assert [each["RequestItems"].keys() for each in wire.requests] == [{"shelf"}]


def test_nothing_wanted_of_any_table_is_no_request() -> None:
    wire = Wire(dynamo.client(), answer())
    assert dynamo.batch_get(wanted(drawer="", shelf="")) == [[], []]
    assert wire.requests == []


def test_a_table_of_which_there_is_nothing_answers_nothing() -> None:
    Wire(dynamo.client(), answer(shelf="a"))
    assert letters(dynamo.batch_get(wanted(drawer="b", shelf="a"))) == ["", "a"]


def test_what_is_left_of_each_table_is_asked_for_again(sleeps: list[float]) -> None:
    wire = Wire(
        dynamo.client(),
        answer({"shelf": "b", "drawer": "cd"}, shelf="a"),
        answer({"drawer": "d"}, drawer="c", shelf="b"),
        answer(drawer="d"),
    )
    found = dynamo.batch_get(wanted(shelf="ab", drawer="cd"), consistent=True)
    assert letters(found) == ["ab", "cd"]
    asked = [
        {
            table: "".join(each["sk"]["S"] for each in part["Keys"])
            for table, part in request["RequestItems"].items()
        }
        for request in wire.requests
    ]
    assert asked == [
        {"shelf": "ab", "drawer": "cd"},
        {"shelf": "b", "drawer": "cd"},
        {"drawer": "d"},
    ]
    assert all(
        part["ConsistentRead"]
        for request in wire.requests
        for part in request["RequestItems"].values()
    )
    assert len(sleeps) == 2


def test_what_stays_left_is_given_up_and_nothing_is_told_of_the_rest(sleeps: list[float]) -> None:
    wire = Wire(dynamo.client(), answer({"drawer": "c"}, shelf="ab"))
    with pytest.raises(Unavailable):
        dynamo.batch_get(wanted(shelf="ab", drawer="c"))
    assert len(wire.requests) == ATTEMPTS
    assert len(sleeps) == ATTEMPTS - 1


def test_the_last_attempt_counts(sleeps: list[float]) -> None:
    left = [answer({"drawer": "c"}, shelf="ab"), *[answer({"drawer": "c"})] * (ATTEMPTS - 2)]
    Wire(dynamo.client(), *left, answer(drawer="c"))
    assert letters(dynamo.batch_get(wanted(shelf="ab", drawer="c"))) == ["ab", "c"]
    assert len(sleeps) == ATTEMPTS - 1


def test_a_busy_dynamodb_is_unavailable(sleeps: list[float]) -> None:
    Wire(dynamo.client(), refusal("ThrottlingException"))
    with pytest.raises(Unavailable):
        dynamo.batch_get(wanted(shelf="a", drawer="b"))


def test_rows_of_the_same_key_stay_apart(shelf: Table) -> None:
    create_table(shelf.client, "drawer")
    drawer = Table("drawer", shelf.client)
    for table, color in ((shelf, "red"), (drawer, "blue")):
        item = dynamo.to_wire(row("a", color=color))
        shelf.client.put_item(TableName=table.name, Item=item)
    found = dynamo.batch_get([(drawer, [key("a"), key("b")]), (shelf, [key("a")])])
    assert found == [[row("a", color="blue")], [row("a", color="red")]]


# --- names ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("expressions", "names"),
    [
        ((), {}),
        (("",), {}),
        (("pk = :pk",), {}),
        (("#status = :a AND #placedKey < :b",), {"#status": "status", "#placedKey": "placedKey"}),
        (("#a = :a", "", "SET #b = #a + :c"), {"#a": "a", "#b": "b"}),
        (("#a_1.#b[0]",), {"#a_1": "a_1", "#b": "b"}),
    ],
)
def test_names_are_those_that_the_expressions_write_with_a_number_sign(
    expressions: tuple[str, ...], names: dict[str, str]
) -> None:
    assert dynamo.names(*expressions) == names


def test_a_query_tells_the_names_in_its_condition(table: Table) -> None:
    wire = Wire(table.client, {"Items": []})
    table.query("#status = :s AND #placedKey < :p", {":s": "PENDING", ":p": "x"}, index="by-status")
    table.query("pk = :pk", {":pk": "x"})
    first, second = wire.requests
    assert first["ExpressionAttributeNames"] == {"#status": "status", "#placedKey": "placedKey"}
    assert "ExpressionAttributeNames" not in second, "DynamoDB refuses an empty one"
