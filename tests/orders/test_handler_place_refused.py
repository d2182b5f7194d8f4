"""POST /orders: what is no order, or of things that are not there, leaves nothing behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from shop import dynamo
from shop.ids import new_id
from tests.orders.world import Client, Customer
from tests.shop.wire import Wire

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

    from tests.orders.world import Answer, Shop

ID = "5b0f3f0c7e6f5d0e8e5d9f0a1b2c3d4e"
INVALID, UNKNOWN_PRODUCT = (422, "validation-failed"), (422, "unknown-product")
UNKNOWN_ADDRESS = (422, "unknown-address")
WIDE = "\u6771" * 255
READS = ["BatchGetItem", "TransactGetItems"]  # has a twin placed it meanwhile?


def order(*lines: Any, **fields: Any) -> dict[str, Any]:
    return {"items": list(lines), "shippingAddressId": ID} | fields


def line(product_id: object = ID, quantity: object = 1) -> dict[str, Any]:
    return {"productId": product_id, "quantity": quantity}


def places(answer: Answer) -> list[list[str | int]]:
    """Where the bad fields are."""
    assert answer.problem == INVALID
    return [each["loc"] for each in answer.body["errors"]]


@pytest.fixture
def nobody_home(context: LambdaContext) -> tuple[Client, Wire]:
    """A client, and a DynamoDB that nothing should reach."""
    wire = Wire(dynamo.client(), AssertionError("no call was wanted"))
    return Client(context, new_id()), wire


# --- what is no order ---------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({}, [["items"], ["shippingAddressId"]]),
        (order(), [["items"]]),
        (order(shippingAddressId=None), [["items"], ["shippingAddressId"]]),
        (order(line(), items=None), [["items"]]),
        (order(line(), items={}), [["items"]]),
        (order({}), [["items", 0, "productId"], ["items", 0, "quantity"]]),
        (order(line(), line(quantity=None)), [["items", 1, "quantity"]]),
        (order(line(), shippingAddressId=""), [["shippingAddressId"]]),
        (order(line(), shippingAddressId="x" * 256), [["shippingAddressId"]]),
        (order(line(), shippingAddressId="\ud800"), [["shippingAddressId"]]),
        (order(line(), shippingAddressId=7), [["shippingAddressId"]]),
        # The price is the catalogue's, whatever the client says.
        (order(line() | {"price": "0.01"}), [["items", 0, "price"]]),
        (order(line() | {"name": "x"}), [["items", 0, "name"]]),
        (order(line() | {"id": ID}), [["items", 0, "id"]]),
        *(
            (order(line(), **{name: value}), [[name]])
            for name, value in {
                "totalAmount": "0.01", "status": "PAID", "userId": ID, "id": ID,
                "orderDate": "2026-11-22T12:00:00.000Z", "shippingAddress": {},
                "shipping_address_id": ID,
            }.items()
        ),
    ],
    ids=lambda each: ascii(each)[:60],
)  # fmt: skip
def test_a_body_that_is_no_order_is_refused_by_what_is_wrong(
    nobody_home: tuple[Client, Wire], body: dict[str, Any], wrong: list[list[str | int]]
) -> None:
    client, wire = nobody_home
    assert places(client.post(body, "k")) == [["body", *each] for each in wrong]
    assert wire.requests == []


@pytest.mark.parametrize(
    "quantity", [0, -1, 10_001, 10**30, 1.0, 1.5, 1e3, "1", "", True, None, [1], {}],
    ids=ascii,
)  # fmt: skip
def test_a_quantity_is_a_whole_number_from_one_to_ten_thousand(
    nobody_home: tuple[Client, Wire], quantity: object
) -> None:
    client, wire = nobody_home
    assert places(client.post(order(line(quantity=quantity)), "k")) == [
        ["body", "items", 0, "quantity"]
    ]
    assert wire.requests == []


def test_all_lines_of_a_product_count_together(nobody_home: tuple[Client, Wire]) -> None:
    client, wire = nobody_home
    for lines in ([(ID, 5_000), (new_id(), 1), (ID, 5_001)], [(ID, 10_000), (ID, 1)]):
        answer = client.post(order(*(line(*each) for each in lines)), "k")
        assert places(answer) == [["body"]]
        assert "10000 of a product" in answer.body["detail"]
    assert wire.requests == []


def test_there_are_fifty_products_in_an_order_at_most(nobody_home: tuple[Client, Wire]) -> None:
    client, wire = nobody_home
    answer = client.post(order(*(line(f"{number:032x}") for number in range(51))), "k")
    assert places(answer) == [["body"]]
    assert "50 different products" in answer.body["detail"]
    assert wire.requests == []


@pytest.mark.parametrize("key", [None, "", "x" * 256, "\u6771" * 256, "\ud800"], ids=ascii)
def test_a_key_of_one_to_255_characters_is_required(
    nobody_home: tuple[Client, Wire], key: str | None
) -> None:
    client, wire = nobody_home
    assert places(client.post(order(line()), key)) == [["header", "idempotency-key"]]
    assert wire.requests == []


# --- what is not there --------------------------------------------------------------------------
def test_each_product_that_is_not_for_sale_is_named(
    shop: Shop, customer: Customer, calls: list[str]
) -> None:
    mug, archived = shop.add_product(), shop.add_product()
    shop.archive(archived)
    unknown = [new_id(), archived, WIDE, mug[:-1], mug.upper() + "X", "\x00", " "]
    calls.clear()
    answer = customer.buy({unknown[0]: 1, mug: 1} | dict.fromkeys(unknown[1:], 1))
    assert answer.problem == UNKNOWN_PRODUCT
    assert answer.body["productIds"] == unknown
    assert f"'{archived}'" in answer.body["detail"]
    assert mug + "'" not in answer.body["detail"]
    assert len(answer.body["detail"]) < 400, "as people read it"
    assert calls == READS
    assert shop.stock(mug) == 10
    shop.assert_sound()


def test_nothing_is_asked_for_that_cannot_be_an_id(
    customer: Customer, calls: list[str], asked: list[dict[str, Any]]
) -> None:
    for address_id, product_id in ((WIDE, WIDE), ("x", "a" * 31), (" ", "A" * 32)):
        answer = customer.place({product_id: 1}, address_id)
        assert answer.problem == UNKNOWN_PRODUCT, "of all that is wrong, what is bought first"
    assert calls == READS * 3
    assert [each["RequestItems"].keys() for each in asked[::2]] == [{"orders"}] * 3


def test_fifty_products_that_are_not_there_are_all_named(customer: Customer) -> None:
    unknown = [f"{number:032x}" for number in range(50)]
    assert customer.buy(dict.fromkeys(unknown, 1)).body["productIds"] == unknown


def test_an_address_must_be_in_the_callers_own_book(
    shop: Shop, customer: Customer, other: Customer, calls: list[str]
) -> None:
    mug = shop.add_product()
    deleted = shop.add_address(customer.user_id)
    shop.delete_address(customer.user_id, deleted)
    for address_id in (other.address_id, deleted, new_id(), "x", WIDE, mug, "BOOK"):
        calls.clear()
        answer = customer.place({mug: 1}, address_id)
        assert answer.problem == UNKNOWN_ADDRESS
        assert repr(address_id[:64]) in answer.body["detail"]
        assert calls == READS
    assert shop.stock(mug) == 10
    shop.assert_sound()


def test_an_account_that_is_gone_buys_nothing(shop: Shop, customer: Customer) -> None:
    mug = shop.add_product()
    shop.delete_user(customer.user_id)
    answer = customer.buy({mug: 1})
    assert answer.problem == (401, "unauthenticated")
    assert answer.body["detail"] == "The account is gone."
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert shop.stock(mug) == 10
    assert shop.orders() == []


def test_that_the_account_is_gone_comes_before_that_there_is_not_enough(
    shop: Shop, customer: Customer
) -> None:
    shop.delete_user(customer.user_id)
    assert customer.buy({shop.add_product(stock=0): 1}).status == 401


@pytest.mark.parametrize(
    ("body", "headers", "problem"),
    [
        ("{", {}, (400, "malformed-json")),
        ('{"items": NaN}', {}, (400, "malformed-json")),
        (b"\xff", {}, (400, "malformed-json")),
        ("", {}, INVALID),
        ("[]", {}, INVALID),
        ("items=1", {"Content-Type": "text/plain"}, (415, "unsupported-media-type")),
    ],
)
def test_a_body_is_json(
    nobody_home: tuple[Client, Wire],
    body: str | bytes,
    headers: dict[str, str],
    problem: tuple[int, str],
) -> None:
    client, wire = nobody_home
    headers = {"Idempotency-Key": "k"} | headers
    assert client.send("POST", "/orders", body=body, headers=headers).problem == problem
    assert wire.requests == []
