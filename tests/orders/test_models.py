"""What an order may be, and what the document says of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from orders.handler import api
from orders.models import MAX_PRODUCTS, MAX_QUANTITY, NewOrder, Order, Quantity, StatusChange
from tests.orders.shelf import an_order

ID = "5b0f3f0c7e6f5d0e8e5d9f0a1b2c3d4e"


def new(*lines: tuple[str, int]) -> NewOrder:
    items = [{"productId": each, "quantity": count} for each, count in lines]
    return NewOrder.model_validate({"items": items, "shippingAddressId": ID})


def types(caught: pytest.ExceptionInfo[ValidationError]) -> list[tuple[Any, str]]:
    return [(error["loc"], error["type"]) for error in caught.value.errors()]


def test_lines_of_a_product_count_as_one_where_it_is_first_named() -> None:
    order = new(("b", 1), ("a", 2), ("b", 3), ("c", 4), ("a", 5))
    assert list(order.quantities.items()) == [("b", 4), ("a", 7), ("c", 4)]


def test_products_are_the_same_only_letter_by_letter() -> None:
    names = ["a", "A", " a", "a ", "\u00e9", "e\u0301"]
    assert new(*((each, 1) for each in names)).quantities == dict.fromkeys(names, 1)


@pytest.mark.parametrize("quantity", [1, 2, 9_999, MAX_QUANTITY])
def test_a_quantity_that_can_be(quantity: int) -> None:
    assert new((ID, quantity)).quantities == {ID: quantity}


def test_limits_are_the_contracts() -> None:
    assert (MAX_PRODUCTS, MAX_QUANTITY) == (50, 10_000)
    fifty = [(f"{number:032x}", MAX_QUANTITY) for number in range(MAX_PRODUCTS)]
    assert new(*fifty).quantities == dict(fifty)


def test_a_limit_holds_for_all_lines_together() -> None:
    halves = [(ID, 5_000), ("x", 1), (ID, 5_000)]
    assert new(*halves).quantities[ID] == MAX_QUANTITY
    with pytest.raises(ValidationError) as caught:
        new(*halves, (ID, 1))
    assert types(caught) == [((), "too_many")]


def test_many_lines_of_few_products_are_one_order() -> None:
    lines = [(f"{number % MAX_PRODUCTS:032x}", 1) for number in range(5_000)]
    assert set(new(*lines).quantities.values()) == {100}
    with pytest.raises(ValidationError) as caught:
        new(*lines, ("f" * 32, 1))
    assert types(caught) == [((), "too_many_products")]


@pytest.mark.parametrize("name", ["product_id", "shipping_address_id", "total_amount"])
def test_only_the_names_of_the_document_are_taken(name: str) -> None:
    line = {"productId": ID, "quantity": 1}
    for body in (
        {"items": [line | {name: ID}], "shippingAddressId": ID},
        {"items": [line], "shippingAddressId": ID, name: ID},
    ):
        with pytest.raises(ValidationError) as caught:
            NewOrder.model_validate(body)
        assert [kind for _, kind in types(caught)] == ["extra_forbidden"]


@pytest.mark.parametrize("status", ["pending", "", " PAID", None, 1, True, ["PAID"]], ids=ascii)
def test_a_status_is_one_of_five_words(status: object) -> None:
    with pytest.raises(ValidationError):
        StatusChange.model_validate({"status": status})


def test_what_is_stored_is_held_to_no_limit() -> None:
    """Tightening one must not make an order unreadable that is there already."""
    item = {"id": "", "productId": "x" * 999, "name": "", "quantity": 10**9, "price": "0.00"}
    order = an_order("", id="", items=[item] * 99, orderDate="x")
    assert order.items[0].quantity == 10**9


def test_an_answer_has_every_field_in_camel_case_and_money_as_text() -> None:
    body = json.loads(an_order(ID, totalAmount="5").model_dump_json(by_alias=True))
    assert body["totalAmount"] == "5.00"
    assert body["items"][0]["price"] == "0.00"
    assert body["shippingAddress"].keys() == {"street", "city", "state", "zipCode", "country"}
    assert body.keys() == {
        "id", "userId", "orderDate", "totalAmount", "status", "shippingAddressId",
        "shippingAddress", "items", "createdAt", "updatedAt",
    }  # fmt: skip
    assert Order.model_validate(body, by_alias=True).model_dump(mode="json", by_alias=True) == body


# --- what the document says -----------------------------------------------------------------------
@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    text: dict[str, Any] = json.loads(api.get_openapi_json_schema(openapi_version="3.1.0"))
    return text


def test_the_document_says_what_an_order_may_be(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    order, line = schemas["NewOrder"], schemas["OrderLine"]
    assert order["additionalProperties"] is line["additionalProperties"] is False
    assert set(order["required"]) == {"items", "shippingAddressId"}
    assert set(line["required"]) == {"productId", "quantity"}
    items, address = order["properties"]["items"], order["properties"]["shippingAddressId"]
    assert items["minItems"] == 1
    assert "maxItems" not in items, "many lines can be few products"
    assert str(MAX_PRODUCTS) in items["description"]
    assert str(MAX_QUANTITY) in items["description"]
    for text in (address, line["properties"]["productId"]):
        assert (text["type"], text["minLength"], text["maxLength"]) == ("string", 1, 255)
    quantity = line["properties"]["quantity"]
    limits = quantity["type"], quantity["minimum"], quantity["maximum"]
    assert limits == ("integer", 1, MAX_QUANTITY)
    for each in quantity["examples"]:
        TypeAdapter(Quantity).validate_python(each)


def test_the_document_says_that_a_key_is_required(document: dict[str, Any]) -> None:
    [key] = document["paths"]["/orders"]["post"]["parameters"]
    assert (key["in"], key["name"].lower(), key["required"]) == ("header", "idempotency-key", True)
    assert (key["schema"]["minLength"], key["schema"]["maxLength"]) == (1, 255)


def test_the_document_has_every_answer(document: dict[str, Any]) -> None:
    """401 and 500, and the 403 of administrators' operations, are added to all in ops.openapi."""
    answers = {
        operation["operationId"]: set(operation["responses"])
        for path in document["paths"].values()
        for operation in path.values()
    }
    body = {"400", "415", "422"}
    assert {name: each - {"500"} for name, each in answers.items()} == {
        "placeOrder": {"200", "201", "409", "503"} | body,
        "listOrders": {"200", "400", "403", "422", "503"},
        "getOrder": {"200", "404", "422", "503"},
        "listOrderItems": {"200", "404", "422", "503"},
        "cancelOrder": {"200", "404", "409", "422", "503"},
        "moveOrder": {"200", "404", "409", "503"} | body,
    }


def test_a_new_order_and_a_repeat_are_documented_alike(document: dict[str, Any]) -> None:
    responses = document["paths"]["/orders"]["post"]["responses"]
    new_one, repeat = responses["201"], responses["200"]
    assert new_one["description"] != repeat["description"]
    assert new_one["content"] == repeat["content"]
    assert new_one["headers"].keys() == repeat["headers"].keys() == {"Location"}


def test_the_document_tells_the_moves(document: dict[str, Any]) -> None:
    text = document["paths"]["/orders/{order_id}"]["patch"]["description"]
    assert "PENDING to PAID or CANCELLED" in text
