"""What the routes ask of the store, and what they answer when it or the setup fails."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from addresses import handler
from shop import dynamo
from shop.ids import new_id
from tests.addresses.world import Customer, deliver, removal
from tests.shop.wire import Wire, refusal

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

    from tests.addresses.world import Answer, Store

CANARY = "canary-7f3a"  # stands for what must stay between the client and the store
PRIVATE = {"street": CANARY, "city": CANARY, "country": CANARY, "state": CANARY, "zipCode": CANARY}
READ, WRITE = "BatchGetItem", "TransactWriteItems"


def test_every_answer_takes_the_fewest_calls(
    customer: Customer, context: LambdaContext, calls: list[str]
) -> None:
    def made() -> list[str]:
        copy = calls.copy()
        calls.clear()
        return copy

    first, second = customer.created()["id"], customer.created(isDefault=True)["id"]
    assert made() == ["GetItem", WRITE] * 2
    for limit in (1, 2, 100):
        customer.page(limit=limit)
        assert made() == ["Query"]
    for address_id in (first, new_id()):
        customer.get(address_id)
        assert made() == [READ]
    for fields, wanted in (
        ({}, [READ]),
        ({"isDefault": False}, [READ]),
        ({"city": "Cork"}, [READ, "UpdateItem"]),
        ({"city": "Cork", "isDefault": False}, [READ, "UpdateItem"]),
        ({"city": "Cork", "isDefault": True}, [READ, WRITE]),
        ({"isDefault": True}, [READ]),
        ({"city": "Cork", "isDefault": True}, [READ, "UpdateItem"]),
        ({"isDefault": False}, [READ, WRITE]),
        ({"isDefault": True}, [READ, WRITE]),
    ):
        assert customer.change(first, fields).status == 200
        assert made() == wanted, fields
    for address_id, wanted in ((first, [READ, WRITE]), (first, [READ]), (second, [READ, WRITE])):
        customer.delete(address_id)
        assert made() == wanted
    deliver(context, removal(customer.user_id))
    assert made() == ["Query", "DeleteItem"]


def every_request(customer: Customer) -> list[Answer]:
    address_id = customer.created()["id"]
    customer.created(state=None, zipCode="x")
    return [
        customer.page(),
        customer.get(address_id),
        customer.change(address_id, {"city": "Cork", "state": None}),
        customer.change(address_id, {"isDefault": False}),
        customer.change(address_id, {"isDefault": True}),
        customer.delete(address_id),
    ]


def test_reads_are_of_what_was_last_written(
    customer: Customer, store: Store, context: LambdaContext
) -> None:
    consistent: dict[str, list[object]] = {}

    def hear(params: dict[str, Any], model: Any, **_: Any) -> None:
        tables = params.get("RequestItems", {}).values() if model.name == READ else [params]
        consistent.setdefault(model.name, []).extend(each.get("ConsistentRead") for each in tables)

    store.client.meta.events.register("provide-client-params.dynamodb", hear)
    every_request(customer)
    deliver(context, removal(customer.user_id))
    reads = {name: set(each) for name, each in consistent.items() if name in ("Query", "GetItem")}
    assert reads == {"Query": {True}, "GetItem": {True}}
    assert set(consistent[READ]) == {True}


def test_every_write_has_a_condition_and_uses_all_that_it_names(
    customer: Customer, store: Store, context: LambdaContext
) -> None:
    """DynamoDB refuses a name or a value that no expression uses; moto does not always."""
    writes: list[dict[str, Any]] = []

    def hear(params: dict[str, Any], model: Any, **_: Any) -> None:
        if model.name in ("UpdateItem", "DeleteItem", "PutItem"):
            writes.append(params)
        for action in params.get("TransactItems", []):
            writes.extend(action.values())

    store.client.meta.events.register("provide-client-params.dynamodb", hear)
    every_request(customer)
    deliver(context, removal(customer.user_id))
    assert len(writes) == 2 * 3 + 1 + 2 + 2 + 2 + 2
    for write in writes:
        text = f"{write['ConditionExpression']} {write.get('UpdateExpression', '')}"
        used = set(re.findall(r"[#:]\w+", text))
        given = write["ExpressionAttributeNames"] | write.get("ExpressionAttributeValues", {})
        assert used == given.keys()
        assert not write["ConditionExpression"].isspace()


# --- when the store or the setup fails --------------------------------------------------------
def test_a_busy_store_is_503_and_says_when_to_come_back(
    context: LambdaContext, pauses: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)  # botocore's own retries
    Wire(dynamo.client(), refusal("ThrottlingException"))
    user = Customer(context, new_id())
    for answer in (
        user.create(),
        user.page(),
        user.get(new_id()),
        user.change(new_id(), {}),
        user.delete(new_id()),
    ):
        assert answer.problem == (503, "unavailable")
        assert answer.headers["Retry-After"] == "1"


@pytest.mark.parametrize("name", ["TABLE_NAME", "USERS_TABLE_NAME"])
def test_a_function_without_a_setting_is_500_and_logs_what_is_missing(
    context: LambdaContext,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
) -> None:
    monkeypatch.delenv(name)
    answer = Customer(context, new_id()).page()
    assert answer.problem == (500, "internal-error")
    assert name not in str(answer.body)
    assert f": {name}" in capsys.readouterr().out


def test_the_function_connects_once(customer: Customer) -> None:
    customer.page()
    repository = handler.repository()
    customer.page()
    assert handler.repository() is repository


# --- what is logged ---------------------------------------------------------------------------
def logged(capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> str:
    captured = capsys.readouterr()
    return captured.out + captured.err + caplog.text


def test_no_log_line_has_anything_of_an_address(
    customer: Customer,
    store: Store,
    context: LambdaContext,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")
    address = customer.created(**PRIVATE)
    statuses = [
        customer.create(**PRIVATE, zip=CANARY).status,
        customer.create(**PRIVATE | {"zipCode": CANARY * 2}).status,
        customer.send("POST", "/addresses", body=f'{{"street": "{CANARY}').status,
        customer.page(cursor=CANARY).status,
        customer.get(address["id"]).status,
        customer.change(address["id"], PRIVATE).status,
        customer.change(address["id"], PRIVATE | {"city": None}).status,
    ]
    assert statuses == [422, 422, 400, 400, 200, 200, 422]
    store.delete_user(customer.user_id)
    assert customer.create(**PRIVATE).status == 401
    assert customer.delete(address["id"]).status == 204
    deliver(context, removal(customer.user_id))
    lines = logged(capsys, caplog)
    assert '"status":204' in lines
    assert CANARY not in lines


def test_not_even_when_a_row_cannot_be_read(
    customer: Customer,
    store: Store,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    address = customer.created(**PRIVATE)
    [row] = [each for each in store.rows(customer.user_id).values() if "street" in each]
    store.put({**row, "city": [CANARY]})
    answers = [
        customer.page(),
        customer.get(address["id"]),
        customer.change(address["id"], PRIVATE),
    ]
    assert [each.status for each in answers] == [500] * 3
    assert CANARY not in str([each.body for each in answers])
    lines = logged(capsys, caplog)
    assert "unexpected error" in lines
    assert CANARY not in lines
