"""Every call to AWS of every operation fails once, in every way; then it is tried again.

Whatever happens, stock and ledger agree, lists and rows agree, and nothing is done twice that was
asked for once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from products import handler
from products.repository import SORT_ORDERS
from shop.errors import Unavailable
from tests.products.bucket import IMAGES_URL, queued
from tests.products.faults import Fault, fail

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_lambda_powertools.utilities.typing import LambdaContext

    from tests.products.administrator import Administrator
    from tests.products.bucket import Bucket
    from tests.products.catalogue import Answer, Catalogue, Customer

pytestmark = [pytest.mark.exhaustive, pytest.mark.usefixtures("patient", "categories")]
STOCK = 10


class Operation(NamedTuple):
    """What is asked for, the calls that it takes, and the answer when all goes well."""

    send: Callable[[Administrator, str], Answer]
    calls: list[str]
    status: int
    again: int  # the answer to the same request once it has been done
    writes: bool = True
    looks: bool = False  # whether it was done, when it heard nothing


OPERATIONS = {
    "create": Operation(
        lambda admin, _: admin.create(name="New", description="x", stock=STOCK),
        ["TransactWriteItems"],
        201,
        201,  # there is no telling it from a wish for a second one
        looks=True,
    ),
    "change": Operation(
        lambda admin, product_id: admin.change(product_id, name="Cup", price="1.00"),
        ["Query", "UpdateItem"],
        200,
        200,
    ),
    "change all": Operation(
        lambda admin, product_id: admin.change(product_id, name="Cup", description="New."),
        ["Query", "TransactWriteItems"],
        200,
        200,
    ),
    "create in a category": Operation(
        lambda admin, _: admin.create(name="New", category="plates", stock=STOCK),
        ["TransactWriteItems"],
        201,
        201,
        looks=True,
    ),
    "change the category": Operation(
        lambda admin, product_id: admin.change(product_id, category="plates"),
        ["Query", "TransactWriteItems"],
        200,
        200,
    ),
    "change if": Operation(
        lambda admin, product_id: admin.change(product_id, if_match='"1"', name="Cup"),
        ["Query", "UpdateItem"],
        200,
        412,
    ),
    "change all if": Operation(
        lambda admin, product_id: admin.change(product_id, if_match='"1"', description=None),
        ["Query", "TransactWriteItems"],
        200,
        412,
    ),
    "archive": Operation(
        lambda admin, product_id: admin.archive(product_id), ["TransactWriteItems"], 204, 404
    ),
    "adjust": Operation(
        lambda admin, product_id: admin.adjust(product_id, -3, reason="Broken"),
        ["TransactWriteItems", "GetItem"],
        200,
        200,
        looks=True,
    ),
    "image": Operation(
        lambda admin, product_id: admin.begin_image(product_id), ["GetItem"], 201, 201, writes=False
    ),
}
READS = {"Query", "GetItem"}
CASES = [
    pytest.param(operation, number, fault, id=f"{name}-{call}-{fault}")
    for name, operation in OPERATIONS.items()
    for number, call in enumerate(operation.calls)
    for fault in Fault
]


@pytest.fixture
def product_id(catalogue: Catalogue, admin: Administrator) -> str:
    created = admin.create(description="Old.", category="cups", stock=STOCK)
    product_id: str = created.body["id"]
    return product_id


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_these_are_all_the_calls(
    product_id: str, admin: Administrator, calls: list[str], operation: Operation
) -> None:
    calls.clear()
    assert operation.send(admin, product_id).status == operation.status
    assert calls == operation.calls


@pytest.mark.parametrize(("operation", "number", "fault"), CASES)
def test_a_call_that_fails(
    product_id: str,
    catalogue: Catalogue,
    admin: Administrator,
    customer: Customer,
    operation: Operation,
    number: int,
    fault: Fault,
) -> None:
    before = catalogue.everything()
    happened = fail(number, fault)
    answer = operation.send(admin, product_id)
    assert happened == [operation.calls[number]]
    check(catalogue, customer)
    done = catalogue.everything() != before
    looked = operation.looks and number == 0
    if fault is Fault.REPEATED or (fault is Fault.UNHEARD and looked):
        # Nobody notices anything.
        assert answer.status == operation.status
        assert done is operation.writes
        assert moves(catalogue, before) <= {1}
        return
    is_read = happened[0] in READS
    told = is_read and number > 0  # the adjustment was made, and this only tells the stock
    assert done is (told or (fault is Fault.UNHEARD and not is_read))
    assert answer.problem == ((500, "internal-error") if told else (503, "unavailable"))
    again = operation.send(admin, product_id)
    assert again.status == (operation.again if done else operation.status)
    check(catalogue, customer)
    if not done:
        assert moves(catalogue, before) <= {1}


def moves(catalogue: Catalogue, before: dict[Any, Any]) -> set[int]:
    """By how much the versions of products moved that moved at all; a new one's moved by one."""
    versions = {
        key: row["version"] - before.get(key, {"version": 0})["version"]
        for key, row in catalogue.everything().items()
        if "version" in row
    }
    return set(versions.values()) - {0}


def check(catalogue: Catalogue, customer: Customer) -> None:
    """What must hold at any time."""
    rows = catalogue.everything()
    products = {
        pk.removeprefix("PRODUCT#"): row for (pk, sk), row in rows.items() if sk == "PRODUCT"
    }
    for product_id, row in products.items():
        ledger = catalogue.ledger(product_id)
        assert row["stock"] == STOCK + sum(entry["delta"] for entry in ledger)
        assert row["version"] >= 1 + len(ledger)
        assert (row["updatedAt"] > row["createdAt"]) is (row["version"] > 1)
        assert ("listing" in row) is row["active"]
        if row["active"]:
            cents = int(row["price"] * 100)
            assert row["priceKey"] == f"{cents:010}#{product_id}"
    on_sale = {product_id for product_id, row in products.items() if row["active"]}
    for sort in SORT_ORDERS:
        assert {each["id"] for each in customer.whole_list(sort=sort)} == on_sale
    # No description without its product, none that is half of a change.
    for pk, sk in rows:
        if sk == "PRODUCT#DESCRIPTION":
            named = rows[pk, "PRODUCT"]["name"], rows[pk, sk]["description"]
            assert named in {("New", "x"), ("Mug", "Old."), ("Cup", "Old."), ("Cup", "New.")}


def test_an_adjustment_that_was_made_says_so_when_the_stock_cannot_be_read(
    product_id: str, catalogue: Catalogue, admin: Administrator
) -> None:
    fail(1, Fault.REFUSED)
    answer = admin.adjust(product_id, -3)
    assert answer.problem == (500, "internal-error")
    assert "was made" in answer.body["detail"]
    assert catalogue.row(product_id)["stock"] == STOCK - 3


# --- the event of an image --------------------------------------------------------------------
IMAGE_CALLS = ["GetItem", "GetObject", "CopyObject", "UpdateItem", "DeleteObject"]
LAST_CALLS = {
    "no image": ["GetItem", "GetObject", "DeleteObject"],
    "archived": ["GetItem", "DeleteObject"],
}


@pytest.mark.parametrize("fault", Fault)
@pytest.mark.parametrize("number", range(len(IMAGE_CALLS)), ids=IMAGE_CALLS)
def test_an_image_is_published_however_often_it_takes(
    product_id: str,
    catalogue: Catalogue,
    bucket: Bucket,
    admin: Administrator,
    customer: Customer,
    context: LambdaContext,
    number: int,
    fault: Fault,
) -> None:
    ticket = admin.begin_image(product_id).body
    event = queued(bucket.upload(ticket))
    published = ticket["imageUrl"].removeprefix(f"{IMAGES_URL}/")
    happened = fail(number, fault)
    if fault is Fault.REPEATED:
        handler.handler(event, context)
    else:
        with pytest.raises(Unavailable):
            handler.handler(event, context)
        check(catalogue, customer)
        shown = customer.product(product_id).body["imageUrl"]
        # What is shown is there.
        assert shown is None or published in bucket.objects()
        handler.handler(event, context)
    assert happened == [IMAGE_CALLS[number]]
    check(catalogue, customer)
    found = customer.product(product_id)
    assert (found.body["imageUrl"], found.headers["ETag"]) == (ticket["imageUrl"], '"2"')
    assert bucket.objects() == [published]
    after = catalogue.everything()
    handler.handler(event, context)
    assert (catalogue.everything(), bucket.objects()) == (after, [published])


@pytest.mark.parametrize("fault", Fault)
@pytest.mark.parametrize(
    ("name", "number"),
    [(name, number) for name, calls in LAST_CALLS.items() for number in range(len(calls))],
)
def test_what_is_not_to_be_shown_is_deleted_however_often_it_takes(
    catalogue: Catalogue,
    bucket: Bucket,
    admin: Administrator,
    context: LambdaContext,
    name: str,
    number: int,
    fault: Fault,
) -> None:
    product_id = admin.create().body["id"]
    event = queued(bucket.upload(admin.begin_image(product_id).body, b"no image"))
    if name == "archived":
        admin.archive(product_id)
    before = catalogue.everything()
    happened = fail(number, fault)
    if fault is not Fault.REPEATED:
        with pytest.raises(Unavailable):
            handler.handler(event, context)
    handler.handler(event, context)
    assert happened == [LAST_CALLS[name][number]]
    assert catalogue.everything() == before
    assert bucket.objects() == []
