"""Two change a product at once: nobody's work is lost; a lost race is told, or run again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.products.races import interrupt

if TYPE_CHECKING:
    from tests.products.administrator import Administrator
    from tests.products.catalogue import Catalogue, Customer

STALE = (412, "precondition-failed")
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("patient", "categories")]


# The write that a change takes, and such a change.
WRITES = {"UpdateItem": {"name": "Cup"}, "TransactWriteItems": {"name": "Cup", "description": "?"}}


@pytest.fixture
def product(catalogue: Catalogue, admin: Administrator) -> dict[str, Any]:
    return admin.create(description="Holds 350 ml.", category="cups", stock=3).body


@pytest.mark.parametrize(("operation", "fields"), WRITES.items())
def test_a_change_that_others_came_before_keeps_theirs(
    product: dict[str, Any], admin: Administrator, operation: str, fields: dict[str, Any]
) -> None:
    happened = interrupt(operation, lambda: admin.change(product["id"], price="9.99"))
    answer = admin.change(product["id"], **fields)
    assert happened == [operation]
    assert (answer.status, answer.headers["ETag"]) == (200, '"3"')
    moved = {"updatedAt": answer.body["updatedAt"]}
    assert answer.body == product | fields | moved | {"price": "9.99"}


@pytest.mark.parametrize(("operation", "fields"), WRITES.items())
def test_stock_that_is_sold_meanwhile_stays_sold(
    product: dict[str, Any],
    catalogue: Catalogue,
    admin: Administrator,
    operation: str,
    fields: dict[str, Any],
) -> None:
    def sell() -> None:
        # Not through the function: its own transaction is what is being interrupted.
        catalogue.set(product["id"], {"stock": 2, "version": 2})

    interrupt(operation, sell)
    answer = admin.change(product["id"], **fields)
    assert (answer.status, answer.body["stock"], answer.headers["ETag"]) == (200, 2, '"3"')
    assert catalogue.row(product["id"])["stock"] == 2


def test_a_change_leaves_alone_what_a_migration_made_of_the_rest(
    product: dict[str, Any], catalogue: Catalogue, admin: Administrator
) -> None:
    """Migrations move no ``version``, so what was read may be what was before."""
    migrated = {"name": "Migrated", "nameKey": "migrated", "imageUrl": "/m", "newestKey": "m"}
    happened = interrupt("UpdateItem", lambda: catalogue.set(product["id"], migrated))
    assert admin.change(product["id"], price="9.99").status == 200
    assert happened == ["UpdateItem"]
    row = catalogue.row(product["id"])
    assert {name: row[name] for name in migrated} == migrated
    assert row["priceKey"].startswith("0000000999#")


@pytest.mark.parametrize(("operation", "fields"), WRITES.items())
def test_with_if_match_a_lost_race_is_412(
    product: dict[str, Any],
    catalogue: Catalogue,
    admin: Administrator,
    operation: str,
    fields: dict[str, Any],
) -> None:
    happened = interrupt(operation, lambda: admin.change(product["id"], price="9.99"))
    assert admin.change(product["id"], if_match='"1"', **fields).problem == STALE
    assert happened == [operation]
    row = catalogue.row(product["id"])
    assert (row["name"], row["version"]) == ("Mug", 2)


def test_if_match_of_both_versions_outlives_the_race(
    product: dict[str, Any], admin: Administrator
) -> None:
    interrupt("UpdateItem", lambda: admin.change(product["id"], price="9.99"))
    answer = admin.change(product["id"], if_match='"1", "2"', name="Cup")
    assert (answer.status, answer.body["price"]) == (200, "9.99")


@pytest.mark.parametrize("if_match", [None, '"1"', "*"])
def test_what_is_archived_meanwhile_is_404(
    product: dict[str, Any], catalogue: Catalogue, admin: Administrator, if_match: str | None
) -> None:
    interrupt("TransactWriteItems", lambda: admin.archive(product["id"]))
    answer = admin.change(product["id"], if_match=if_match, description="New.")
    assert answer.problem == (404, "not-found")
    row = catalogue.row(product["id"])
    assert (row["active"], row["version"]) == (False, 2)
    assert "priceKey" not in row
    assert catalogue.everything()[row["pk"], "PRODUCT#DESCRIPTION"]["description"] != "New."


@pytest.mark.parametrize("theirs", [None, "Theirs."])
@pytest.mark.parametrize("ours", [None, "Ours."])
@pytest.mark.parametrize("before", [None, "Before."])
def test_the_last_description_stays(
    catalogue: Catalogue,
    admin: Administrator,
    customer: Customer,
    before: str | None,
    ours: str | None,
    theirs: str | None,
) -> None:
    product_id = admin.create(description=before).body["id"]
    operation = "UpdateItem" if before == ours else "TransactWriteItems"
    happened = interrupt(operation, lambda: admin.change(product_id, description=theirs))
    answer = admin.change(product_id, description=ours)
    assert happened == [operation]
    assert (answer.status, answer.body["description"]) == (200, ours)
    assert customer.product(product_id).body == answer.body


def test_labels_are_measured_with_what_others_made_of_them(
    catalogue: Catalogue, admin: Administrator
) -> None:
    product_id = admin.create().body["id"]
    wide = "\u00e9" * 100
    catalogue.add_category(wide)
    happened = interrupt("UpdateItem", lambda: admin.change(product_id, category=wide))
    assert admin.change(product_id, name="\u00e9" * 255).problem == (422, "validation-failed")
    assert happened == ["UpdateItem"]
    row = catalogue.row(product_id)
    assert (row["name"], row["category"]) == ("Mug", wide)


def test_races_without_end_are_503(
    product: dict[str, Any], catalogue: Catalogue, admin: Administrator, calls: list[str]
) -> None:
    versions = iter(range(2, 100))
    happened = interrupt(
        "UpdateItem", lambda: catalogue.set_version(product, next(versions)), times=6
    )
    calls.clear()
    answer = admin.change(product["id"], name="Cup")
    assert answer.problem == (503, "unavailable")
    assert len(happened) == 6
    assert calls.count("Query") == 6
    assert catalogue.row(product["id"])["name"] == "Mug"
