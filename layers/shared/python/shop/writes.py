"""Conditional writes to DynamoDB, one or several at once: all of them happen or none does.

Expressions name attributes as ``#name``, since many a plain word is reserved, and values as
``:name``. ``put``, ``update``, ``delete`` and ``check`` only describe a write; ``apply`` does one,
``transact`` does up to 100.
"""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, cast

from botocore.exceptions import ClientError

from shop.aws import available
from shop.dynamo import Item, Table, from_wire, names, to_wire
from shop.errors import Unavailable
from shop.retry import full_jitter

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

_ATTEMPTS = 6
# Reasons of a cancelled transaction that may well succeed when tried again. ("None" is an action
# that another one's reason took down with it.)
_PASSING = {"None", "TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}
_FAILED = "ConditionalCheckFailed"
_CONFLICT = "TransactionConflictException"

NEW: Item = {}
NOT_THERE = "attribute_not_exists(#pk)"
THERE = "attribute_exists(#pk)"


class ConditionFailed(Exception):
    """Nothing was written, as a condition did not hold.

    ``rows`` are the rows that were in the way, by the place of their action: None for an action
    whose condition held, and an empty row where there is none at the key. ``undecided`` are places
    that were not looked at, mostly as another write was going on there: nobody knows whether the
    condition holds after it.
    """

    def __init__(self, rows: Sequence[Item | None], undecided: Collection[int] = ()) -> None:
        super().__init__(
            f"conditions failed at {[n for n, row in enumerate(rows) if row is not None]}"
        )
        self.rows = rows
        self.undecided = undecided

    def failed(self, place: int) -> bool:
        """Whether it was (also) the action at ``place`` that could not be done."""
        return self.rows[place] is not None


class Action(NamedTuple):
    """A write that can be done alone or in a transaction."""

    kind: Literal["Put", "Update", "Delete", "ConditionCheck"]
    request: dict[str, Any]


def put(table: Table, row: Item, condition: str = NOT_THERE, values: Item = NEW) -> Action:
    """Write the whole ``row``; by default only where there is none yet."""
    return Action("Put", {"Item": to_wire(row)} | _request(table, condition, values))


def update(table: Table, key: Item, expression: str, condition: str, values: Item = NEW) -> Action:
    request = _request(table, condition, values, expression)
    return Action("Update", {"Key": to_wire(key), "UpdateExpression": expression} | request)


def delete(table: Table, key: Item, condition: str = THERE, values: Item = NEW) -> Action:
    return Action("Delete", {"Key": to_wire(key)} | _request(table, condition, values))


def check(
    table: Table, key: Item, condition: str = THERE, values: Item = NEW, *, tells: bool = True
) -> Action:
    """Write nothing, but let the transaction happen only while ``condition`` holds.

    Where it does not hold, ConditionFailed has the row, unless that ``tells`` what is not ours.
    """
    request = _request(table, condition, values)
    if not tells:
        del request["ReturnValuesOnConditionCheckFailure"]
    return Action("ConditionCheck", {"Key": to_wire(key)} | request)


def setting(attributes: Item) -> tuple[str, Item]:
    """The update expression, and its values, that gives a row these ``attributes``.

    None takes an attribute away.
    """
    present = {name: value for name, value in attributes.items() if value is not None}
    absent = [name for name in attributes if name not in present]
    parts = []
    if present:
        parts.append("SET " + ", ".join(f"#{name} = :{name}" for name in present))
    if absent:
        parts.append("REMOVE " + ", ".join(f"#{name}" for name in absent))
    return " ".join(parts), {f":{name}": value for name, value in present.items()}


def changing(before: Item, after: Item) -> tuple[str, Item]:
    """What ``setting`` gives for the attributes of ``after`` that are others ``before``.

    What somebody else, a migration say, made of the rest meanwhile stays as it is.
    """
    return setting({name: value for name, value in after.items() if value != before.get(name)})


def apply(client: DynamoDBClient, action: Action) -> dict[str, Any]:
    """Do ``action`` by itself. The row as it is after an update; else nothing.

    When an answer is lost, the SDK asks again: the row in the way may then be the one just written,
    and what an expression adds is added twice. ``transact`` is free of both.

    Raises ConditionFailed, and Unavailable when DynamoDB is busy or out of reach.
    """
    methods: dict[str, Callable[..., Any]] = {
        "Put": client.put_item,
        "Update": partial(client.update_item, ReturnValues="ALL_NEW"),
        "Delete": client.delete_item,
    }
    try:
        answer = _persistently(partial(methods[action.kind], **action.request))
    except client.exceptions.ConditionalCheckFailedException as error:
        raise ConditionFailed([_row(error.response)]) from error
    return from_wire(answer.get("Attributes", {}))


def transact(client: DynamoDBClient, actions: Sequence[Action]) -> None:
    """Do all ``actions`` or none of them.

    A conflict with another write is tried again, after waits that grow and are never the same; a
    condition that failed is final. Raises ConditionFailed, and Unavailable when DynamoDB is busy or
    out of reach, or conflicts do not end.
    """
    items: Any = [{action.kind: action.request} for action in actions]
    try:
        _persistently(partial(client.transact_write_items, TransactItems=items))
    except client.exceptions.TransactionCanceledException as error:
        reasons = _reasons(error)
        if _FAILED not in {reason["Code"] for reason in reasons}:
            raise
        rows = [_row(reason) if reason["Code"] == _FAILED else None for reason in reasons]
        looked_at = {"None", _FAILED}
        undecided = {n for n, reason in enumerate(reasons) if reason["Code"] not in looked_at}
        raise ConditionFailed(rows, undecided) from error


def settled_row(table: Table, key: Item) -> dict[str, Any] | None:
    """The row at ``key``, once no transaction is writing it.

    Plain reads beside a transaction may find one of its rows as it is after, and then another as it
    was before. Raises Unavailable when DynamoDB is busy or out of reach, or conflicts do not end.
    """
    items: Any = [{"Get": {"TableName": table.name, "Key": to_wire(key)}}]
    answer = _persistently(partial(table.client.transact_get_items, TransactItems=items))
    row = answer["Responses"][0].get("Item")
    return from_wire(row) if row else None


def _persistently[Answer](call: Callable[[], Answer]) -> Answer:
    """``call``, again while it only met other writes.

    The SDK does not retry those: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/
    transaction-apis.html#transaction-conflict-handling
    """
    for attempt in range(_ATTEMPTS):
        if attempt:
            time.sleep(full_jitter(attempt, first=0.05, most=1))
        try:
            return available(call)
        except Unavailable as error:
            if _code(error.__cause__) != _CONFLICT:
                raise
        except ClientError as error:
            if not _met_another_write(error):
                raise
    raise Unavailable


def _met_another_write(error: ClientError) -> bool:
    return _code(error) == "TransactionCanceledException" and _PASSING.issuperset(
        reason["Code"] for reason in _reasons(error)
    )


def _code(error: BaseException | None) -> str | None:
    return error.response["Error"]["Code"] if isinstance(error, ClientError) else None


def _reasons(error: ClientError) -> list[dict[str, Any]]:
    """Why a transaction was cancelled, action by action."""
    return cast("list[dict[str, Any]]", error.response.get("CancellationReasons", []))


def _row(reason: Mapping[str, Any]) -> Item:
    return from_wire(reason.get("Item", {}))


def _request(table: Table, condition: str, values: Item, expression: str = "") -> dict[str, Any]:
    request: dict[str, Any] = {
        "TableName": table.name,
        "ConditionExpression": condition,
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    if named := names(condition, expression):
        request["ExpressionAttributeNames"] = named
    if values:
        request["ExpressionAttributeValues"] = to_wire(values)
    return request
