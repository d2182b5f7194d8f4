"""No log line has anything of what people buy, where they live, or who they are."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from shop import dynamo

if TYPE_CHECKING:
    import pytest

    from tests.orders.world import Client, Customer, Shop

CANARY = "canary-7f3a"  # stands for what must stay between the client and the store


def logged(capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> str:
    captured = capsys.readouterr()
    return captured.out + captured.err + caplog.text


def test_no_log_line_has_anything_of_an_order(
    shop: Shop,
    customer: Customer,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")
    fields = dict.fromkeys(("street", "city", "state", "zipCode", "country"), CANARY)
    address_id = shop.add_address(customer.user_id, **fields)
    mug = shop.add_product("123.45", 10, CANARY)
    order = customer.placed({mug: 2}, address_id, key=CANARY)
    customer.placed({mug: 8}, address_id)
    body = {"items": [{"productId": mug, "quantity": CANARY}], "shippingAddressId": CANARY}
    statuses = [
        customer.place({mug: 2}, address_id, CANARY).status,
        customer.place({mug: 3}, address_id, CANARY).status,
        customer.place({mug: 3}, address_id).status,
        customer.place({CANARY: 1}, CANARY).status,
        customer.post(body, CANARY).status,
        customer.send("POST", "/orders", body=f'{{"items": "{CANARY}').status,
        customer.page(cursor=CANARY).status,
        customer.get(order["id"]).status,
        customer.cancel(order["id"]).status,
        customer.cancel(order["id"]).status,
    ]
    assert statuses == [200, 422, 409, 422, 422, 400, 400, 200, 200, 409]
    shop.delete_user(customer.user_id)
    assert customer.place({mug: 1}, address_id).status == 401
    lines = logged(capsys, caplog)
    assert '"status":401' in lines
    for text in (CANARY, "123.45", "246.90", customer.user_id, order["id"], mug, address_id):
        assert text not in lines


def test_not_even_when_a_row_cannot_be_read(
    shop: Shop,
    customer: Customer,
    admin: Client,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    order = customer.bought({shop.add_product(): 1})
    [row] = shop.orders()
    broken = {**row, "shippingAddress": {**row["shippingAddress"], "city": [CANARY]}}
    shop.client.put_item(TableName="orders", Item=dynamo.to_wire(broken))
    answers = [customer.page(), customer.get(order["id"]), admin.move(order["id"], "PAID")]
    assert [each.status for each in answers] == [500] * 3
    assert CANARY not in json.dumps([each.body for each in answers])
    lines = logged(capsys, caplog)
    assert "unexpected error" in lines
    assert CANARY not in lines
