"""What the routes ask of the store, and what they answer when it or the setup fails."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from orders import handler
from shop import dynamo
from shop.identity import Role
from shop.ids import new_id
from tests.orders.world import ENVIRONMENT, Client
from tests.shop.wire import Wire, refusal

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

    from tests.orders.world import Answer, Customer, Shop

GET, READ, WRITE, QUERY = "GetItem", "BatchGetItem", "TransactWriteItems", "Query"
DESK, TWIN = [READ, WRITE], "TransactGetItems"


def test_every_answer_takes_the_fewest_calls(
    shop: Shop, customer: Customer, other: Customer, admin: Client, calls: list[str]
) -> None:
    mug, tent = shop.add_product(stock=10), shop.add_product(stock=10)
    archived = shop.add_product()
    shop.archive(archived)
    first = customer.bought({mug: 1}, key="k")["id"]
    requests: list[tuple[Any, int, list[str]]] = [
        (lambda: customer.buy({mug: 1}, key="2"), 201, DESK),
        (lambda: customer.buy({mug: 1, tent: 2}), 201, DESK),
        (lambda: customer.buy({mug: 1}, key="k"), 200, [READ]),
        (lambda: customer.buy({mug: 2}, key="k"), 422, [READ]),
        (lambda: customer.buy({mug: 100}), 409, [*DESK, TWIN]),
        (lambda: customer.buy({archived: 1}), 422, [READ, TWIN]),
        (lambda: customer.place({mug: 1}, other.address_id), 422, [READ, TWIN]),
        (lambda: customer.buy({mug: 0}), 422, []),
        (lambda: customer.get(first), 200, [GET]),
        (lambda: customer.items(first), 200, [GET]),
        (lambda: other.get(first), 404, [GET]),
        (lambda: other.items(new_id()), 404, [GET]),
        (lambda: customer.get("x"), 404, []),
        (lambda: other.cancel(first), 404, [GET]),
        (lambda: customer.move(first, "PAID"), 403, []),
        (lambda: admin.move(first, "PENDING"), 409, [GET]),
        (lambda: admin.move(new_id(), "PAID"), 404, [GET]),
        (lambda: admin.move(first, "PAID"), 200, [GET, WRITE]),
        (lambda: customer.cancel(first), 200, [GET, WRITE]),
        (lambda: customer.cancel(first), 409, [GET]),
        (customer.page, 200, [QUERY, READ]),
        (lambda: customer.page(limit=1), 200, [QUERY, READ]),
        (lambda: customer.page(status="SHIPPED"), 200, [QUERY]),
        (lambda: admin.page(status="PENDING"), 200, [QUERY, READ]),
        (lambda: admin.page(userId=customer.user_id, status="PENDING"), 200, [QUERY, READ]),
        (lambda: customer.page(userId=customer.user_id), 403, []),
        (lambda: customer.page(cursor="x"), 400, []),
    ]
    for number, (request, status, wanted) in enumerate(requests):
        calls.clear()
        answer: Answer = request()
        assert (answer.status, calls) == (status, wanted), number


def every_request(shop: Shop, customer: Customer, admin: Client) -> None:
    mug = shop.add_product()
    orders = [customer.bought({mug: 1, shop.add_product(): 1}) for _ in range(2)]
    customer.page()
    customer.page(status="PENDING")
    admin.page(status="PENDING")
    for status in ("PAID", "SHIPPED", "DELIVERED"):
        admin.move(orders[0]["id"], status)
    customer.cancel(orders[1]["id"])
    customer.items(orders[1]["id"])


def test_rows_are_read_as_they_were_last_written(
    shop: Shop, customer: Customer, admin: Client, asked: list[dict[str, Any]]
) -> None:
    every_request(shop, customer, admin)
    batches = [each["RequestItems"] for each in asked if "RequestItems" in each]
    tables = {name for each in batches for name in each}
    assert tables == {"orders", "addresses", "products"}
    assert all(part["ConsistentRead"] is True for each in batches for part in each.values())
    single = [each for each in asked if "Key" in each and each["TableName"] == "orders"]
    assert single
    assert all(each["ConsistentRead"] is True for each in single)


def test_placing_asks_for_each_row_once_and_for_no_others(
    shop: Shop, customer: Customer, asked: list[dict[str, Any]]
) -> None:
    mug, tent = shop.add_product(), shop.add_product()
    asked.clear()
    order = customer.bought({mug: 1, tent: 1})
    read, write = asked
    keys = {name: part["Keys"] for name, part in read["RequestItems"].items()}
    assert keys == {
        "orders": [{"pk": {"S": f"ORDER#{order['id']}"}, "sk": {"S": "ORDER"}}],
        "addresses": [
            {"pk": {"S": f"USER#{customer.user_id}"}, "sk": {"S": f"ADDRESS#{customer.address_id}"}}
        ],
        "products": [
            {"pk": {"S": f"PRODUCT#{each}"}, "sk": {"S": "PRODUCT"}} for each in (mug, tent)
        ],
    }
    actions = [
        (kind, part["TableName"], part["ConditionExpression"])
        for each in write["TransactItems"]
        for kind, part in each.items()
    ]
    offer = "#active = :yes AND #stock >= :quantity AND #price = :price AND #name = :name"
    assert actions == [
        ("Put", "orders", "attribute_not_exists(#pk)"),
        ("ConditionCheck", "users", "attribute_exists(#pk)"),
        ("ConditionCheck", "addresses", "#updatedAt = :seen"),
        ("Update", "products", offer),
        ("Update", "products", offer),
    ]


def test_every_write_uses_all_that_it_names(
    shop: Shop, customer: Customer, admin: Client, asked: list[dict[str, Any]]
) -> None:
    """DynamoDB refuses a name or a value that no expression uses; moto does not always."""
    every_request(shop, customer, admin)
    transactions = [each["TransactItems"] for each in asked if "TransactItems" in each]
    writes = [part for each in transactions for action in each for part in action.values()]
    assert len(writes) == 3 + 2 * 5 + 3 * 1 + 3, "products, orders, moves, the cancelled one"
    for write in writes:
        text = f"{write['ConditionExpression']} {write.get('UpdateExpression', '')}"
        used = set(re.findall(r"[#:]\w+", text))
        given = write["ExpressionAttributeNames"] | write.get("ExpressionAttributeValues", {})
        assert used == given.keys()


def test_rows_of_others_do_not_come_back(
    shop: Shop, customer: Customer, asked: list[dict[str, Any]]
) -> None:
    """Orders may know that an account is there, not what is in its row."""
    customer.bought({shop.add_product(): 1})
    checks = [
        part
        for action in asked[-1]["TransactItems"]
        for kind, part in action.items()
        if kind == "ConditionCheck"
    ]
    assert len(checks) == 2
    assert not any("ReturnValuesOnConditionCheckFailure" in each for each in checks)


# --- when the store or the setup fails --------------------------------------------------------
def test_a_busy_store_is_503_and_says_when_to_come_back(
    context: LambdaContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)  # botocore's own retries
    Wire(dynamo.client(), refusal("ThrottlingException"))
    user, admin = Client(context, new_id()), Client(context, new_id(), Role.ADMIN)
    for answer in (
        user.place({new_id(): 1}, new_id()),
        user.page(),
        user.get(new_id()),
        user.items(new_id()),
        user.cancel(new_id()),
        admin.move(new_id(), "PAID"),
        admin.page(status="PAID"),
    ):
        assert answer.problem == (503, "unavailable")
        assert answer.headers["Retry-After"] == "1"


@pytest.mark.parametrize("name", ENVIRONMENT)
def test_a_function_without_a_setting_is_500_and_logs_what_is_missing(
    context: LambdaContext,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
) -> None:
    monkeypatch.delenv(name)
    answer = Client(context, new_id()).page()
    assert answer.problem == (500, "internal-error")
    assert name not in str(answer.body)
    assert f": {name}" in capsys.readouterr().out


def test_the_function_connects_once(shop: Shop, customer: Customer) -> None:
    made = [handler.repository(), handler.writer(), handler.event_bus(), handler.settings()]
    customer.page()
    again = [handler.repository(), handler.writer(), handler.event_bus(), handler.settings()]
    assert all(one is two for one, two in zip(made, again, strict=True))
