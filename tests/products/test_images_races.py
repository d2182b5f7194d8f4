"""Others write to the product while its image is being published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from products.models import LABEL_BYTES
from tests.products.bucket import IMAGES_URL
from tests.products.races import interrupt
from tests.sizes import item_size

if TYPE_CHECKING:
    from tests.products.administrator import Administrator
    from tests.products.bucket import Bucket, Deliver
    from tests.products.catalogue import Catalogue, Customer

pytestmark = pytest.mark.slow

type Product = dict[str, Any]

PUBLISHED = ["GetItem", "GetObject", "CopyObject", "UpdateItem", "DeleteObject"]


@pytest.mark.parametrize("operation", ["GetItem", "GetObject", "CopyObject", "UpdateItem"])
def test_archived_while_the_image_is_looked_at(
    product: Product,
    catalogue: Catalogue,
    bucket: Bucket,
    admin: Administrator,
    deliver: Deliver,
    operation: str,
) -> None:
    event = bucket.upload(admin.begin_image(product["id"]).body)
    happened = interrupt(operation, lambda: admin.archive(product["id"]))
    deliver(event)
    assert happened == [operation]
    row = catalogue.row(product["id"])
    assert (row["active"], row["version"], "imageUrl" in row) == (False, 2, False)
    assert bucket.objects() == []


@pytest.mark.parametrize("operation", PUBLISHED)
def test_another_delivery_of_the_same_event_in_between(
    product: Product,
    catalogue: Catalogue,
    bucket: Bucket,
    admin: Administrator,
    customer: Customer,
    deliver: Deliver,
    operation: str,
) -> None:
    ticket = admin.begin_image(product["id"]).body
    event = bucket.upload(ticket)
    happened = interrupt(operation, lambda: deliver(event))
    deliver(event)
    assert happened == [operation]
    found = customer.product(product["id"])
    assert (found.body["imageUrl"], found.headers["ETag"]) == (ticket["imageUrl"], '"2"')
    assert bucket.objects() == [ticket["imageUrl"].removeprefix(f"{IMAGES_URL}/")]


@pytest.mark.parametrize("operation", PUBLISHED)
@pytest.mark.usefixtures("ticking")
def test_a_later_image_in_between_stays(
    product: Product,
    bucket: Bucket,
    admin: Administrator,
    customer: Customer,
    deliver: Deliver,
    operation: str,
) -> None:
    first, second = (admin.begin_image(product["id"]).body for _ in range(2))
    event, later = bucket.upload(first), bucket.upload(second)
    interrupt(operation, lambda: deliver(later))
    deliver(event)
    assert customer.product(product["id"]).body["imageUrl"] == second["imageUrl"]
    # An image that was shown for a while stays where it was; one that never was is gone.
    shown = [second, first] if operation == "DeleteObject" else [second]
    assert bucket.objects() == sorted(
        each["imageUrl"].removeprefix(f"{IMAGES_URL}/") for each in shown
    )


@pytest.mark.parametrize("image_url", ["https://x.test/a.png", None])
@pytest.mark.parametrize("operation", ["GetItem", "GetObject", "CopyObject", "UpdateItem"])
@pytest.mark.usefixtures("ticking")
def test_an_image_that_is_given_by_hand_in_between_stays(
    product: Product,
    bucket: Bucket,
    admin: Administrator,
    customer: Customer,
    deliver: Deliver,
    operation: str,
    image_url: str | None,
) -> None:
    event = bucket.upload(admin.begin_image(product["id"]).body)
    happened = interrupt(operation, lambda: admin.change(product["id"], imageUrl=image_url))
    deliver(event)
    assert happened == [operation]
    assert customer.product(product["id"]).body["imageUrl"] == image_url
    assert bucket.objects() == []


def test_what_another_delivery_showed_stays_when_the_product_is_archived(
    product: Product, catalogue: Catalogue, bucket: Bucket, admin: Administrator, deliver: Deliver
) -> None:
    ticket = admin.begin_image(product["id"]).body
    event = bucket.upload(ticket)

    def show_and_archive() -> None:
        deliver(event)
        admin.archive(product["id"])

    happened = interrupt("UpdateItem", show_and_archive)
    deliver(event)
    assert happened == ["UpdateItem"]
    assert bucket.objects() == [catalogue.row(product["id"])["imageUrl"]]


def test_those_who_buy_do_not_get_in_its_way(
    product: Product,
    catalogue: Catalogue,
    bucket: Bucket,
    admin: Administrator,
    customer: Customer,
    deliver: Deliver,
    calls: list[str],
) -> None:
    ticket = admin.begin_image(product["id"]).body
    event = bucket.upload(ticket)
    row = catalogue.row(product["id"])
    interrupt("UpdateItem", lambda: catalogue.set(product["id"], {"stock": 9, "version": 2}))
    calls.clear()
    deliver(event)
    assert calls.count("GetItem") == 1
    found = customer.product(product["id"])
    assert (found.body["stock"], found.body["imageUrl"]) == (9, ticket["imageUrl"])
    assert found.headers["ETag"] == '"3"'
    assert found.body["updatedAt"] > row["updatedAt"]


def test_a_time_that_has_passed_meanwhile_is_not_given_again(
    product: Product, catalogue: Catalogue, bucket: Bucket, admin: Administrator, deliver: Deliver
) -> None:
    event = bucket.upload(admin.begin_image(product["id"]).body)
    future = {"updatedAt": "2099-01-01T00:00:00.000Z"}
    interrupt("UpdateItem", lambda: catalogue.set(product["id"], future))
    deliver(event)
    row = catalogue.row(product["id"])
    assert (row["updatedAt"], row["version"]) == ("2099-01-01T00:00:00.001Z", 2)


@pytest.mark.parametrize(
    "fields", [{"name": "Cup"}, {"category": None}, {"category": "plates"}], ids=ascii
)
@pytest.mark.usefixtures("patient")
def test_a_change_of_the_labels_meanwhile_is_kept(
    product: Product,
    bucket: Bucket,
    admin: Administrator,
    customer: Customer,
    deliver: Deliver,
    fields: dict[str, Any],
) -> None:
    ticket = admin.begin_image(product["id"]).body
    event = bucket.upload(ticket)
    interrupt("UpdateItem", lambda: admin.change(product["id"], **fields))
    deliver(event)
    found = customer.product(product["id"]).body
    moved = {"imageUrl": ticket["imageUrl"], "updatedAt": found["updatedAt"]}
    assert found == product | fields | moved


@pytest.mark.parametrize("operation", [None, "GetItem", "UpdateItem"])
@pytest.mark.usefixtures("patient")
def test_labels_that_have_grown_meanwhile_leave_no_room(
    caplog: pytest.LogCaptureFixture,
    product: Product,
    catalogue: Catalogue,
    bucket: Bucket,
    admin: Administrator,
    deliver: Deliver,
    operation: str | None,
) -> None:
    wide = "\u00e9" * 50
    catalogue.add_category(wide)

    def grow() -> None:
        grown = admin.change(product["id"], name="\u00e9" * 255, category=wide)
        assert grown.status == 200

    event = bucket.upload(admin.begin_image(product["id"]).body)
    if operation:
        interrupt(operation, grow)
    else:
        grow()
    caplog.clear()
    deliver(event)
    row = catalogue.row(product["id"])
    assert (row["version"], "imageUrl" in row, "imageOrder" in row) == (2, False, False)
    assert bucket.uploads() == []
    # Only what was already copied stays, and nothing leads to it.
    assert len(bucket.objects()) == (1 if operation == "UpdateItem" else 0)
    assert f"at most {LABEL_BYTES}" in vars(caplog.records[-2])["reason"]


WIDE = "\u00e9" * 255


@pytest.mark.parametrize(
    ("before", "meanwhile"),
    [
        ({"category": WIDE[:100]}, {"name": WIDE}),
        ({"name": WIDE, "category": "cups"}, {"category": WIDE[:50]}),
        ({"name": WIDE}, {"category": WIDE[:50]}),
    ],
    ids=["name", "category", "a first category"],
)
def test_labels_that_grew_by_a_clock_that_is_behind_leave_no_room_either(
    catalogue: Catalogue,
    bucket: Bucket,
    admin: Administrator,
    deliver: Deliver,
    before: dict[str, str],
    meanwhile: dict[str, str],
) -> None:
    """The time does not tell of it, so the labels themselves must."""
    catalogue.add_category(before.get("category", "cups"))
    product_id = admin.create(**before).body["id"]
    event = bucket.upload(admin.begin_image(product_id).body)
    interrupt("UpdateItem", lambda: catalogue.set(product_id, meanwhile | {"version": 2}))
    deliver(event)
    row = catalogue.row(product_id)
    assert (row["version"], "imageUrl" in row) == (2, False)
    assert row.items() >= meanwhile.items()
    assert bucket.uploads() == []


def test_the_fullest_row_with_an_image_fits_a_kilobyte(
    catalogue: Catalogue, bucket: Bucket, admin: Administrator, deliver: Deliver
) -> None:
    room = LABEL_BYTES - len(f"images/{'0' * 32}/{'0' * 28}.png")
    name = "\u00e9" * 255
    category = "\u676f" * ((room - len(name.encode())) // 3)
    catalogue.add_category(category)
    product_id = admin.create(name=name, category=category, stock=2**31 - 1).body["id"]
    deliver(bucket.upload(admin.begin_image(product_id).body))
    row = catalogue.row(product_id)
    assert "imageOrder" in row
    assert 960 < item_size(row) <= 1024
