"""PATCH /products/{product_id}: what was sent changes, and nobody's work is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from products.models import LABEL_BYTES
from shop.errors import ValidationFailed
from shop.ids import new_id

if TYPE_CHECKING:
    from tests.products.administrator import Administrator
    from tests.products.catalogue import Catalogue, Customer
    from tests.shop.wire import Wire

FULL: dict[str, Any] = {
    "name": "Mug",
    "description": "Holds 350 ml.",
    "price": "8.50",
    "category": "cups",
    "stock": 3,
    "imageUrl": "https://images.test/mug.webp",
}
STALE = (412, "precondition-failed")
FUTURE = "2099-01-01T00:00:00.000Z"


@pytest.fixture
def product(categories: None, admin: Administrator) -> dict[str, Any]:
    return admin.create(**FULL).body


# --- what changes, and what does not ----------------------------------------------------------
@pytest.mark.parametrize(
    "fields",
    [
        {"name": "Cup"},
        {"description": "Holds 200 ml."},
        {"description": ""},
        {"description": None},
        {"price": "0.01"},
        {"price": "99999999.99"},
        {"category": "plates"},
        {"category": None},
        {"imageUrl": "https://images.test/cup.webp"},
        {"imageUrl": None},
        {"name": "Cup", "description": None, "price": "7.00", "category": None, "imageUrl": None},
        {"name": "Mug"},
    ],
    ids=ascii,
)
def test_what_is_sent_changes_and_nothing_else(
    product: dict[str, Any], admin: Administrator, customer: Customer, fields: dict[str, Any]
) -> None:
    answer = admin.change(product["id"], **fields)
    assert (answer.status, answer.headers["ETag"]) == (200, '"2"')
    moved = {"updatedAt": answer.body["updatedAt"]}
    assert moved["updatedAt"] > product["updatedAt"]
    assert answer.body == product | fields | moved
    found = customer.product(product["id"])
    assert (found.body, found.headers["ETag"]) == (answer.body, '"2"')


def test_what_was_missing_can_be_added(
    categories: None, admin: Administrator, customer: Customer
) -> None:
    bare = admin.create().body
    more = {name: FULL[name] for name in ("description", "category", "imageUrl")}
    assert admin.change(bare["id"], **more).status == 200
    found = customer.product(bare["id"]).body
    assert found == bare | more | {"updatedAt": found["updatedAt"]}
    assert [each["id"] for each in customer.whole_list(category="cups")] == [bare["id"]]


def test_what_is_not_there_can_be_taken_away(catalogue: Catalogue, admin: Administrator) -> None:
    bare = admin.create().body
    answer = admin.change(bare["id"], description=None, category=None, imageUrl=None)
    assert answer.body == bare | {"updatedAt": answer.body["updatedAt"]}


def test_nothing_sent_changes_nothing(
    product: dict[str, Any], catalogue: Catalogue, admin: Administrator, calls: list[str]
) -> None:
    before = catalogue.everything()
    calls.clear()
    answer = admin.change(product["id"])
    assert calls == ["Query"]
    assert (answer.status, answer.body, answer.headers["ETag"]) == (200, product, '"1"')
    assert catalogue.everything() == before


def test_rows_hold_no_more_than_before(
    product: dict[str, Any], catalogue: Catalogue, admin: Administrator
) -> None:
    before = catalogue.products()
    admin.change(product["id"], name="Cup", description="New.", price="9.00")
    after = catalogue.products()
    assert {key: row.keys() for key, row in after.items()} == {
        key: row.keys() for key, row in before.items()
    }
    admin.change(product["id"], description=None, category=None, imageUrl=None)
    [row] = catalogue.products().values()
    assert next(iter(before.values())).keys() - row.keys() == {"category", "imageUrl"}


def test_lists_follow_the_price_and_the_category(
    product: dict[str, Any], admin: Administrator, customer: Customer
) -> None:
    other = admin.create(price="9.00", category="plates").body
    admin.change(product["id"], price="9.50", category="plates")
    for category in (None, "plates"):
        for sort, wanted in (("price", [other, product]), ("-price", [product, other])):
            listed = customer.whole_list(sort=sort, category=category)
            assert [each["id"] for each in listed] == [each["id"] for each in wanted]
    assert customer.whole_list(category="cups") == []
    # The age did not change.
    assert [each["id"] for each in customer.whole_list()] == [other["id"], product["id"]]


def test_a_clock_that_is_behind_does_not_hold_the_time_back(
    product: dict[str, Any], catalogue: Catalogue, admin: Administrator
) -> None:
    catalogue.set(product["id"], {"updatedAt": FUTURE})
    assert admin.change(product["id"], name="Cup").body["updatedAt"] == "2099-01-01T00:00:00.001Z"


@pytest.mark.parametrize(
    "fields",
    [
        {"name": None},
        {"name": " "},
        {"price": None},
        {"price": "8.505"},
        {"description": "x" * 10_001},
        {"category": ""},
        {"imageUrl": "mug.webp"},
        {"stock": 4},
        {"id": "0" * 32},
        {"updatedAt": FUTURE},
    ],
    ids=lambda fields: ascii(fields)[:30],
)
def test_a_field_that_makes_no_sense_is_422_and_named(
    admin: Administrator, untouched: Wire, fields: dict[str, Any]
) -> None:
    answer = admin.change(new_id(), **{"name": "Cup"} | fields)
    assert answer.problem == (422, "validation-failed")
    assert [each["loc"] for each in answer.body["errors"]] == [["body", *fields]]
    assert untouched.requests == []


def test_labels_are_measured_as_they_will_be_together(
    catalogue: Catalogue, admin: Administrator
) -> None:
    wide = "\u00e9" * 100
    catalogue.add_category(wide)
    product = admin.create(category=wide, imageUrl="https://" + "x" * 192).body  # 200 bytes each
    most = LABEL_BYTES - 400
    name = "\u00e9" * (most // 2)
    before = catalogue.everything()
    too_long = admin.change(product["id"], name=name + "x")
    assert too_long.problem == (422, "validation-failed")
    at_once = admin.create(name=name + "x", category=wide, imageUrl=product["imageUrl"])
    assert too_long.body["errors"] == at_once.body["errors"]
    assert too_long.body["detail"] == at_once.body["detail"]
    assert too_long.body["title"] == ValidationFailed.title
    assert catalogue.everything() == before
    assert admin.change(product["id"], name=name).status == 200
    assert admin.change(product["id"], name=name + "x", category=None).status == 200


# --- If-Match ---------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("if_match", "status"),
    [
        ('"3"', 200),
        ("*", 200),
        ('"2", "3"', 200),
        ('"9","3"', 200),
        ('W/"9", "3"', 200),
        ('"2"', 412),
        ('"4"', 412),
        ('W/"3"', 412),
        ('W/"3", "2"', 412),
        ("3", 412),
        ("", 412),
        ("nonsense", 412),
        ('"3', 412),
        ('"3", nonsense', 412),
    ],
)
@pytest.mark.parametrize("fields", [{"name": "Cup"}, {"description": None}, {}], ids=ascii)
def test_if_match(
    product: dict[str, Any],
    catalogue: Catalogue,
    admin: Administrator,
    if_match: str,
    status: int,
    fields: dict[str, Any],
) -> None:
    for price in ("1.00", "2.00"):
        admin.change(product["id"], price=price)
    before = catalogue.everything()
    answer = admin.change(product["id"], if_match=if_match, **fields)
    if status == 200:
        assert (answer.status, answer.headers["ETag"]) == (200, '"4"' if fields else '"3"')
    else:
        assert answer.problem == STALE
        assert catalogue.everything() == before


def test_an_etag_is_good_for_one_change(product: dict[str, Any], admin: Administrator) -> None:
    first = admin.change(product["id"], if_match='"1"', name="Cup")
    assert admin.change(product["id"], if_match='"1"', name="Bowl").problem == STALE
    assert admin.change(product["id"], if_match=first.headers["ETag"], name="Bowl").status == 200


def test_an_etag_covers_the_stock(product: dict[str, Any], admin: Administrator) -> None:
    admin.adjust(product["id"], -1)
    assert admin.change(product["id"], if_match='"1"', name="Cup").problem == STALE
    answer = admin.change(product["id"], if_match='"2"', name="Cup")
    assert (answer.status, answer.body["stock"]) == (200, 2)
