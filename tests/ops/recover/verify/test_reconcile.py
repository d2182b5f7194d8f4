"""Each rule broken by hand: the reconciler names that one, where it is, and nothing else."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from ops.recover.verify.reconcile import reconcile
from ops.recover.verify.rules import Rule
from shop.ids import new_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.ops.recover.verify.scene import Scene

pytestmark = pytest.mark.slow

NOW = "2026-01-31T08:30:00.123Z"


def test_a_sound_shop_has_nothing_to_tell(scene: Scene) -> None:
    done = scene.shop.reconciled()
    assert done.findings == []
    assert (done.unsettled, done.left_out, done.orders_of_gone_accounts) == ([], [], 0)
    assert done.rows == {"users": 5, "addresses": 4, "products": 6, "orders": 3}


def test_the_ledger_of_migrations_says_nothing_of_the_shop(scene: Scene) -> None:
    for table in ("users", "addresses", "products", "orders"):
        scene.shop.write(table, {"pk": "MIGRATION", "sk": "LOCK", "owner": "x"})
        scene.shop.write(table, {"pk": "MIGRATION#0001", "sk": "SEGMENT#000", "done": True})
    assert scene.shop.reconciled().findings == []


def test_what_seems_right_is_read_once(scene: Scene) -> None:
    calls: list[str] = []
    events = scene.shop.client.meta.events
    events.register("before-call.dynamodb", lambda model, **_: calls.append(model.name))
    scene.shop.reconciled()
    assert calls == ["Scan"] * 4


def test_how_far_it_is_is_said_table_by_table(scene: Scene) -> None:
    said: list[str] = []
    reconcile(scene.shop.tables, said.append)
    assert said == ["users", "addresses", "products", "orders", "looking again at what seems wrong"]


type Break = Callable[[Scene], None]

ORDERS: list[tuple[Rule, Break]] = [
    (Rule.ORDER_ROW, lambda s: s.shop.write("orders", s.order_row, updatedAt=None)),
    (Rule.ORDER_ROW, lambda s: s.shop.write("orders", s.order_row, surprise="!")),
    (Rule.ORDER_KEYS, lambda s: s.shop.write("orders", s.order_row, placedKey=f"{NOW}#x")),
    (Rule.ORDER_KEYS, lambda s: s.shop.write("orders", s.order_row, userStatus="x#PENDING")),
    (Rule.ORDER_TOTAL, lambda s: s.shop.write("orders", s.order_row, totalAmount=Decimal("1.00"))),
    (Rule.ORDER_VERSION, lambda s: s.shop.write("orders", s.order_row, version=2)),
    (
        Rule.ORDER_ADDRESS,
        lambda s: s.shop.write("orders", s.order_row, shippingAddressId=s.others_address),
    ),
    (Rule.UNKNOWN_ROW, lambda s: s.shop.write("orders", {"pk": "ORDER#x", "sk": "ORDER"})),
]
PRODUCTS: list[tuple[Rule, Break]] = [
    (Rule.STOCK, lambda s: s.shop.write("products", s.product_row, stock=0)),
    (Rule.STOCK, lambda s: s.shop.write("products", s.product_row, initialStock=11)),
    (Rule.STOCK, lambda s: s.shop.write("products", s.adjustment, delta=4)),
    (Rule.PRODUCT_ROW, lambda s: s.shop.write("products", s.product_row, name=None)),
    (Rule.PRODUCT_ROW, lambda s: s.shop.write("products", s.product_row, version=0)),
    (Rule.PRODUCT_ROW, lambda s: s.shop.write("products", s.product_row, stock="7")),
    (Rule.PRODUCT_ROW, lambda s: s.shop.write("products", s.product_row, price=Decimal("1.234"))),
    (Rule.PRODUCT_LISTS, lambda s: s.shop.write("products", s.product_row, priceKey="0#x")),
    (Rule.PRODUCT_LISTS, lambda s: s.shop.write("products", s.product_row, listing=None)),
    (Rule.PRODUCT_LISTS, lambda s: s.shop.write("products", s.product_row, active=False)),
    (Rule.PRODUCT_CATEGORY, lambda s: s.shop.erase("products", "CATEGORY", "Garden")),
    (Rule.UNKNOWN_ROW, lambda s: s.shop.write("products", {"pk": "PRODUCT#x", "sk": "PRODUCT"})),
    (
        Rule.DESCRIPTION_OWNER,
        lambda s: s.shop.write(
            "products",
            {"pk": f"PRODUCT#{new_id()}", "sk": "PRODUCT#DESCRIPTION", "description": "x"},
        ),
    ),
    (
        Rule.ADJUSTMENT_OWNER,
        lambda s: s.shop.write(
            "products", {"pk": f"PRODUCT#{new_id()}", "sk": f"STOCK#{NOW}#x", "delta": 1}
        ),
    ),
]
PEOPLE: list[tuple[Rule, Break]] = [
    (Rule.USER_ROW, lambda s: s.shop.write("users", s.user_row, newestKey=f"{NOW}#{s.user}")),
    (Rule.USER_ROW, lambda s: s.shop.write("users", s.user_row, passwordHash=None)),
    (Rule.USER_ROW, lambda s: s.shop.write("users", s.user_row, email="x@example.com")),
    (Rule.USER_MARKER, lambda s: s.shop.erase("users", s.marker(), "EMAIL")),
    (
        Rule.MARKER_USER,
        lambda s: s.shop.write(
            "users", {"pk": "EMAIL#nobody@example.com", "sk": "EMAIL", "userId": s.user}
        ),
    ),
    (
        Rule.SESSION_USER,
        lambda s: s.shop.write(
            "users",
            {**s.shop.row("users", f"USER#{s.user}", s.session), "pk": f"USER#{new_id()}"},
        ),
    ),
    (Rule.UNKNOWN_ROW, lambda s: s.shop.write("users", {"pk": "USER#x", "sk": "USER"})),
    (Rule.BOOK_COUNT, lambda s: s.shop.write("addresses", s.book, count=2)),
    (Rule.BOOK_COUNT, lambda s: s.shop.erase("addresses", f"USER#{s.user}", "BOOK")),
    (Rule.BOOK_DEFAULT, lambda s: s.shop.write("addresses", s.book, defaultId=new_id())),
    (Rule.UNKNOWN_ROW, lambda s: s.shop.write("addresses", {"pk": f"USER#{s.user}", "sk": "X"})),
    (
        Rule.ADDRESS_USER,
        lambda s: s.shop.write(
            "addresses", {**s.book, "pk": f"USER#{new_id()}", "count": 0}, defaultId=None
        ),
    ),
    (
        Rule.ADDRESS_ROW,
        lambda s: s.shop.write(
            "addresses",
            s.shop.row("addresses", f"USER#{s.user}", f"ADDRESS#{s.customer.address_id}"),
            city=None,
        ),
    ),
]


@pytest.mark.parametrize(("rule", "spoil"), [*ORDERS, *PRODUCTS, *PEOPLE])
def test_what_is_broken_is_named_and_nothing_else(scene: Scene, rule: Rule, spoil: Break) -> None:
    spoil(scene)
    assert scene.shop.found() == [rule]


def test_an_order_of_a_product_that_is_gone_is_told(scene: Scene) -> None:
    for row in scene.shop.tables.partition("products", f"PRODUCT#{scene.product}"):
        scene.shop.erase("products", row["pk"], row["sk"])
    assert scene.shop.found() == [Rule.ORDER_PRODUCT] * 3


def test_a_user_who_is_gone_leaves_nothing_but_orders(scene: Scene) -> None:
    scene.shop.delete_user(scene.user)
    done = scene.shop.reconciled()
    assert (done.findings, done.orders_of_gone_accounts) == ([], 3)


def test_a_user_row_that_is_lost_leaves_what_hung_on_it(scene: Scene) -> None:
    scene.shop.erase("users", f"USER#{scene.user}", "USER")
    assert scene.shop.found() == [
        Rule.ADDRESS_USER,  # the address
        Rule.ADDRESS_USER,  # and the book
        Rule.MARKER_USER,
        Rule.SESSION_USER,
    ]


def test_no_finding_tells_an_address(scene: Scene) -> None:
    scene.shop.erase("users", f"USER#{scene.user}", "USER")
    assert "@" not in str(scene.shop.reconciled().findings)
