"""A row that no function can read is a finding of that row, and all others are still looked at."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from ops.recover.verify import tables
from ops.recover.verify.facts import PRODUCTS
from ops.recover.verify.rules import Rule
from ops.recover.verify.tables import facts_of
from shop.ids import new_id
from tests.orders import emulator

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.ops.recover.verify.scene import Scene

pytestmark = pytest.mark.slow

HUGE = 2**63
type Break = Callable[[Scene], None]


def address(s: Scene) -> dict[str, Any]:
    return s.shop.row("addresses", f"USER#{s.user}", f"ADDRESS#{s.customer.address_id}")


def session(s: Scene) -> dict[str, Any]:
    return s.shop.row("users", f"USER#{s.user}", s.session)


def description(s: Scene) -> dict[str, Any]:
    return s.shop.row("products", f"PRODUCT#{s.product}", "PRODUCT#DESCRIPTION")


def category(s: Scene) -> dict[str, Any]:
    return s.shop.row("products", "CATEGORY", "Garden")


def book(s: Scene) -> dict[str, Any]:
    return s.book


def product(s: Scene) -> dict[str, Any]:
    return s.product_row


def account(s: Scene) -> dict[str, Any]:
    return s.user_row


def attempts(_: Scene) -> dict[str, Any]:
    return ATTEMPTS | COUNTED


def ordered(s: Scene, **changes: Any) -> dict[str, Any]:
    (item,) = s.order_row["items"]
    return {**s.order_row, "items": [{**item, **changes}]}


def put(table: str, row: Callable[[Scene], dict[str, Any]], **changes: Any) -> Break:
    return lambda s: s.shop.write(table, row(s), **changes)


ATTEMPTS: dict[str, Any] = {"pk": f"ATTEMPTS#{'0' * 64}", "sk": "ATTEMPTS"}
COUNTED: dict[str, Any] = {"failures": 1, "blockedUntil": 0, "expiresAt": 2_000_000_000}

CASES: list[tuple[Rule, str, Break]] = [
    (Rule.BOOK_ROW, ": count", put("addresses", book, count="abc")),
    (Rule.BOOK_ROW, ": count", put("addresses", book, count=None)),
    (Rule.BOOK_ROW, ": count", put("addresses", book, count=Decimal("1.5"))),
    (Rule.BOOK_ROW, ": count", put("addresses", book, count=HUGE)),
    (Rule.BOOK_ROW, ": defaultId", put("addresses", book, defaultId=7)),
    (Rule.BOOK_ROW, ": defaultId", put("addresses", book, defaultId={"a": "b"})),
    (Rule.ADDRESS_ROW, ": street", put("addresses", address, street=12)),
    (Rule.ADDRESS_ROW, ": city", put("addresses", address, city={"a": "b"})),
    (Rule.ADDRESS_ROW, ": zipCode", put("addresses", address, zipCode=12)),
    (Rule.ADDRESS_ROW, ": country", put("addresses", address, country=None)),
    (Rule.ADDRESS_ROW, ": city", put("addresses", address, city="")),
    (Rule.ADDRESS_ROW, ": updatedAt", put("addresses", address, updatedAt="yesterday")),
    (
        Rule.PRODUCT_ROW,
        "stock is 9223372036854775808, not a whole number from 0 to 2147483647",
        put("products", product, stock=HUGE),
    ),
    (
        Rule.PRODUCT_ROW,
        "stock is abc, not a whole number from 0 to 2147483647",
        put("products", product, stock="abc"),
    ),
    (
        Rule.PRODUCT_ROW,
        "initialStock is missing, not a whole number from 0 to 2147483647",
        put("products", product, initialStock=None),
    ),
    (Rule.PRODUCT_ROW, ": imageUrl", put("products", product, imageUrl=7)),
    (Rule.PRODUCT_ROW, ": imageOrder", put("products", product, imageOrder=7)),
    (Rule.PRODUCT_ROW, ": version", put("products", product, version="1")),
    (Rule.DESCRIPTION_ROW, ": description", put("products", description, description=7)),
    (Rule.CATEGORY_ROW, ": description", put("products", category, description=7)),
    (Rule.SESSION_ROW, ": currentHash", put("users", session, currentHash=7)),
    (Rule.SESSION_ROW, ": expiresAt", put("users", session, expiresAt="2000000000")),
    (Rule.SESSION_ROW, ": expiresAt", put("users", session, expiresAt="soon")),
    (Rule.SESSION_ROW, ": endsAt", put("users", session, endsAt=None)),
    (Rule.SESSION_ROW, ": surprise", put("users", session, surprise="!")),
    (Rule.ATTEMPTS_ROW, ": failures", put("users", lambda _: ATTEMPTS)),
    (Rule.ATTEMPTS_ROW, ": failures", put("users", attempts, failures="x")),
    (Rule.ATTEMPTS_ROW, ": failures", put("users", attempts, failures=Decimal("1.5"))),
    (Rule.USER_ROW, ": passwordHash", put("users", account, passwordHash="junk")),
    (Rule.USER_ROW, ": passwordHash", put("users", account, passwordHash=7)),
    (Rule.USER_ROW, ": firstName", put("users", account, firstName=7)),
    (Rule.USER_ROW, ": role", put("users", account, role="KING")),
    (
        Rule.ORDER_ROW,
        ": shippingAddress",
        put("orders", lambda s: s.order_row, shippingAddress="x"),
    ),
]


def test_what_cannot_be_read_is_told_by_name_and_nothing_else(scene: Scene) -> None:
    for rule, words, spoil in CASES:
        whole = emulator.saved()
        spoil(scene)
        (found,) = scene.shop.reconciled().findings
        assert (found.rule, found.text.endswith(words)) == (rule, True), found
        whole()


@pytest.mark.parametrize("size", [HUGE, -HUGE, 10**30])
def test_what_is_too_large_to_add_up_is_told_and_left_out_of_the_sum(
    scene: Scene,
    size: int,
) -> None:
    """The stock then has no reason any more, which is told, too."""
    scene.shop.write("products", scene.adjustment, delta=size)
    assert scene.shop.found() == [Rule.PRODUCT_ROW, Rule.STOCK]


def test_an_order_of_too_many_is_told(scene: Scene) -> None:
    scene.shop.write("orders", ordered(scene, quantity=HUGE))
    found = scene.shop.found()
    assert found == [Rule.ORDER_ROW, Rule.ORDER_TOTAL, Rule.STOCK]


def test_counted_attempts_are_sound(scene: Scene) -> None:
    scene.shop.write("users", ATTEMPTS | COUNTED)
    assert scene.shop.found() == []


def test_one_such_row_keeps_no_other_from_being_looked_at(scene: Scene) -> None:
    scene.shop.write("addresses", scene.book, count="abc")
    scene.shop.write("products", {**scene.product_row, "stock": 0})
    scene.shop.write("orders", {"pk": "ORDER#x", "sk": "ORDER"})
    assert scene.shop.found() == [Rule.BOOK_ROW, Rule.STOCK, Rule.UNKNOWN_ROW]


def test_what_nobody_thought_of_is_a_finding_of_its_row(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object) -> None:
        raise RecursionError("reader@example.com")

    monkeypatch.setitem(tables._READERS, PRODUCTS, fail)
    row = {"pk": f"PRODUCT#{new_id()}", "sk": "PRODUCT"}
    (problem,) = facts_of(PRODUCTS, row).problems
    assert problem == (Rule.UNREADABLE_ROW, "it cannot be read: RecursionError")


def test_what_stands_in_a_row_is_not_told(scene: Scene) -> None:
    private = "reader@example.com"
    rows = [("users", scene.user_row), ("users", session(scene)), ("addresses", address(scene))]
    for table, row in rows:
        for name in row.keys() - {"pk", "sk"}:
            scene.shop.write(table, row, **{name: {private: private}})
            assert private not in str(scene.shop.reconciled().findings), name
        scene.shop.write(table, row)
