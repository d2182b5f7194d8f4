"""Two customers and an administrator try every operation on each other's things."""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from ops.openapi import DOCUMENT
from shop.ids import new_id
from tests.e2e.accounts import ADDRESS, Account, appoint, new_email, register
from tests.e2e.conftest import Api

pytestmark = pytest.mark.e2e

ORDER = {
    "items": [{"productId": "{product}", "quantity": 1}],
    "shippingAddressId": "{address}",
}
PRODUCT = {"name": "Whistle", "price": "3.20", "stock": 5}


@dataclass
class World:
    """What the attempts are made on; everything belongs to ``owner``."""

    owner: Account
    other: Account
    admin: Account
    address: str
    product: str
    order: str


@pytest.fixture(scope="module")
def world(api: Api, admin: Account) -> World:
    owner, other, admin = register(api), register(api), appoint(admin)
    address = owner.request("POST", "/addresses", ADDRESS).json()["id"]
    product = admin.request("POST", "/products", PRODUCT).json()["id"]
    order = {"items": [{"productId": product, "quantity": 1}], "shippingAddressId": address}
    made = owner.request("POST", "/orders", order, {"idempotency-key": new_id()}).json()
    return World(owner, other, admin, address, product, made["id"])


@dataclass(frozen=True)
class Attempt:
    """An operation on the owner's things, and the status for owner, other customer and admin.

    None: not tried, as it would end the account or session that the others still need, or is only
    ever about the caller's own; ``mine`` says which test has it instead.
    """

    operation: str
    body: Any
    owner: int | None
    other: int | None
    admin: int | None
    mine: str = ""


ATTEMPTS = [
    # Public, but about an account all the same.
    Attempt("POST /users", {"email": "{new}", "password": "otters hold hands"}, 201, 201, 201),
    Attempt("POST /sessions", {"email": "{owner}", "password": "not this one"}, 401, None, None),
    Attempt("POST /sessions/refresh", {"refreshToken": "x" * 107}, 401, 401, 401),
    Attempt("GET /products", None, 200, 200, 200),
    Attempt("GET /products/{product_id}", None, 200, 200, 200),
    Attempt("GET /categories", None, 200, 200, 200),
    Attempt("GET /health", None, 200, 200, 200),
    Attempt("GET /docs", None, 200, 200, 200),
    Attempt("GET /openapi.json", None, 200, 200, 200),
    # One's own account: there is no way to name another's.
    Attempt("GET /users/me", None, 200, 200, 200),
    Attempt("PATCH /users/me", {"firstName": "A"}, 200, 200, 200),
    Attempt("PUT /users/me/password", {"currentPassword": "no", "newPassword": "long enough x"},
            401, 401, 401),
    Attempt("DELETE /users/me", {"password": "not this one"}, 401, 401, 401),
    Attempt("DELETE /sessions/current", None, None, None, None, mine="test_accounts"),
    # Accounts, for administrators.
    Attempt("GET /users", None, 403, 403, 200),
    Attempt("GET /users/{user_id}", None, 403, 403, 200),
    Attempt("PATCH /users/{user_id}", {"role": "customer"}, 403, 403, 200),
    # Orders: an administrator moves anyone's on, and sees them in lists.
    Attempt("POST /orders", ORDER, 201, 422, 422),
    Attempt("GET /orders", None, 200, 200, 200),
    Attempt("GET /orders?userId={user_id}", None, 403, 403, 200),
    Attempt("GET /orders?status=PENDING", None, 200, 200, 200),
    Attempt("GET /orders/{order_id}", None, 200, 404, 404),
    Attempt("GET /orders/{order_id}/items", None, 200, 404, 404),
    Attempt("PATCH /orders/{order_id}", {"status": "PAID"}, 403, 403, 200),
    Attempt("POST /orders/{order_id}/cancel", None, 200, 404, 404),
    # Addresses: an administrator has no business in a customer's book either.
    Attempt("POST /addresses", ADDRESS, 201, 201, 201),
    Attempt("GET /addresses", None, 200, 200, 200),
    Attempt("GET /addresses/{address_id}", None, 200, 404, 404),
    Attempt("PATCH /addresses/{address_id}", {"city": "Porto"}, 200, 404, 404),
    Attempt("DELETE /addresses/{address_id}", None, 204, 404, 404),
    # The catalogue.
    Attempt("POST /products", PRODUCT, 403, 403, 201),
    Attempt("PATCH /products/{product_id}", {"price": "3.30"}, 403, 403, 200),
    Attempt("POST /products/{product_id}/stock-adjustments", {"delta": 1}, 403, 403, 200),
    Attempt("POST /products/{product_id}/image", {"contentType": "image/png"}, 403, 403, 201),
    Attempt("DELETE /products/{product_id}", None, 403, 403, 204),
]  # fmt: skip


def test_every_operation_is_tried() -> None:
    paths = json.loads(DOCUMENT.read_text())["paths"]
    known = {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}
    assert {attempt.operation.partition("?")[0] for attempt in ATTEMPTS} == known


# Others first: what the owner or the administrator may do can end the thing itself.
@pytest.mark.parametrize("who", ["other", "admin", "owner"])
@pytest.mark.parametrize("attempt", ATTEMPTS, ids=lambda attempt: attempt.operation)
def test_everyone_gets_what_is_theirs(world: World, attempt: Attempt, who: str) -> None:
    expected: int | None = getattr(attempt, who)
    if expected is None:
        return
    caller: Account = getattr(world, who)
    method, _, template = attempt.operation.partition(" ")
    path = template.format(
        user_id=world.owner.id,
        address_id=world.address,
        product_id=world.product,
        order_id=world.order,
    )
    known = {"new": new_email(), "owner": world.owner.email}
    known |= {"address": world.address, "product": world.product}
    text = json.dumps(attempt.body)
    for name, value in known.items():
        text = text.replace(f"{{{name}}}", value)
    headers = {"idempotency-key": new_id()}  # which orders need, and nobody else minds
    answer = caller.request(method, path, json.loads(text), headers)
    assert answer.status_code == expected, answer.text
    if expected in (403, 404):
        assert answer.json()["type"] == ("forbidden" if expected == 403 else "not-found")


def test_an_administrator_may_also_be_refused_after_the_role_is_gone(
    api: Api, world: World
) -> None:
    former = register(api)
    path = f"/users/{former.id}"
    assert world.admin.request("PATCH", path, {"role": "admin"}).status_code == 200
    assert former.get("/users").status_code == 403, "the token was made for a customer"
