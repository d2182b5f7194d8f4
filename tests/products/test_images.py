"""An upload becomes its product's image, once, whatever comes of it twice or late."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from products import image_store
from tests.products.bucket import EXTENSIONS, IMAGES_URL, arrival, image
from tests.products.faults import refuse

if TYPE_CHECKING:
    from tests.products.administrator import Administrator
    from tests.products.bucket import Bucket, Deliver
    from tests.products.catalogue import Catalogue, Customer

pytestmark = pytest.mark.slow

type Product = dict[str, Any]

PUBLISHED = ["GetItem", "GetObject", "CopyObject", "UpdateItem", "DeleteObject"]


@pytest.mark.parametrize("content_type", EXTENSIONS)
def test_an_upload_becomes_the_products_image(
    product: Product,
    catalogue: Catalogue,
    bucket: Bucket,
    admin: Administrator,
    customer: Customer,
    deliver: Deliver,
    content_type: str,
) -> None:
    ticket = admin.begin_image(product["id"], content_type).body
    deliver(bucket.upload(ticket))
    found = customer.product(product["id"])
    moved = {"imageUrl": ticket["imageUrl"], "updatedAt": found.body["updatedAt"]}
    assert found.body == product | moved
    assert found.body["updatedAt"] > product["updatedAt"]
    assert found.headers["ETag"] == '"2"'
    assert customer.products().body["items"][0]["imageUrl"] == ticket["imageUrl"]
    published = ticket["imageUrl"].removeprefix(f"{IMAGES_URL}/")
    assert bucket.objects() == [published]
    assert bucket.get(published) == {
        "body": image(content_type),
        "type": content_type,
        "caching": "public, max-age=31536000, immutable",
    }


def test_it_takes_the_fewest_calls(
    product: Product, bucket: Bucket, admin: Administrator, deliver: Deliver, calls: list[str]
) -> None:
    event = bucket.upload(admin.begin_image(product["id"]).body)
    bad = bucket.upload(admin.begin_image(product["id"]).body, b"no image")
    calls.clear()
    deliver(event)
    assert calls == PUBLISHED
    calls.clear()
    deliver(event)
    assert calls == ["GetItem", "DeleteObject"]
    calls.clear()
    deliver(bad)
    assert calls == ["GetItem", "GetObject", "DeleteObject"]
    calls.clear()
    deliver(bad)
    assert calls == ["GetItem", "GetObject"]
    calls.clear()
    deliver(arrival("images/x.png"))
    assert calls == []


def test_the_row_has_no_more_than_the_image_and_its_order(
    product: Product, catalogue: Catalogue, bucket: Bucket, admin: Administrator, deliver: Deliver
) -> None:
    before = catalogue.row(product["id"])
    ticket = admin.begin_image(product["id"]).body
    deliver(bucket.upload(ticket))
    after = catalogue.row(product["id"])
    assert after.keys() - before.keys() == {"imageUrl", "imageOrder"}
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"version", "updatedAt"}
    assert after["imageOrder"] == ticket["fields"]["key"].rpartition("/")[2].partition(".")[0]
    assert len(after["imageOrder"]) == 28
    # Without the domain, which is another one where the same rows are served from elsewhere.
    assert f"{IMAGES_URL}/{after['imageUrl']}" == ticket["imageUrl"]


# --- order, and repetition --------------------------------------------------------------------
@pytest.mark.parametrize("order", [[0, 1, 2], [2, 1, 0], [1, 2, 0], [0, 0, 2, 1, 2, 0, 1]], ids=str)
@pytest.mark.usefixtures("ticking")
def test_the_upload_that_was_begun_last_stays(
    product: Product,
    catalogue: Catalogue,
    bucket: Bucket,
    admin: Administrator,
    customer: Customer,
    deliver: Deliver,
    order: list[int],
) -> None:
    tickets = [admin.begin_image(product["id"]).body for _ in range(3)]
    events = [bucket.upload(each) for each in tickets]
    for number in order:
        deliver(events[number])
    assert customer.product(product["id"]).body["imageUrl"] == tickets[2]["imageUrl"]
    # One version each for those that were shown, if only for a while.
    shown = [each for place, each in enumerate(order) if each > max(order[:place], default=-1)]
    assert catalogue.row(product["id"])["version"] == 1 + len(shown)
    assert bucket.uploads() == []


def test_a_form_that_is_posted_again_changes_nothing(
    product: Product, catalogue: Catalogue, bucket: Bucket, admin: Administrator, deliver: Deliver
) -> None:
    ticket = admin.begin_image(product["id"]).body
    deliver(bucket.upload(ticket))
    before, [published] = catalogue.everything(), bucket.objects()
    deliver(bucket.upload(ticket, image("image/png", 3000)))
    assert (catalogue.everything(), bucket.objects()) == (before, [published])
    assert bucket.get(published)["body"] == image("image/png")


def test_an_image_that_was_replaced_by_hand_does_not_come_back(
    product: Product, bucket: Bucket, admin: Administrator, customer: Customer, deliver: Deliver
) -> None:
    event = bucket.upload(admin.begin_image(product["id"]).body)
    deliver(event)
    for url in ("https://x.test/a.png", None):
        admin.change(product["id"], imageUrl=url)
        deliver(event)
        assert customer.product(product["id"]).body["imageUrl"] == url
    later = admin.begin_image(product["id"]).body
    deliver(bucket.upload(later))
    assert customer.product(product["id"]).body["imageUrl"] == later["imageUrl"]


def test_an_archived_product_gets_no_image(
    product: Product, catalogue: Catalogue, bucket: Bucket, admin: Administrator, deliver: Deliver
) -> None:
    event = bucket.upload(admin.begin_image(product["id"]).body)
    admin.archive(product["id"])
    before = catalogue.everything()
    deliver(event)
    assert catalogue.everything() == before
    assert bucket.objects() == []


# --- what S3 does -----------------------------------------------------------------------------
def test_what_was_looked_at_is_what_is_copied(
    product: Product, bucket: Bucket, admin: Administrator, deliver: Deliver
) -> None:
    """The form may be posted twice: the second file must not pass on the first one's looks."""
    event = bucket.upload(admin.begin_image(product["id"]).body)
    requests = []
    client = image_store.client()
    client.meta.events.register(
        "after-call.s3.GetObject", lambda parsed, **_: requests.append(parsed["ETag"])
    )
    client.meta.events.register(
        "before-call.s3.CopyObject",
        lambda params, **_: requests.append(params["headers"]["x-amz-copy-source-if-match"]),
    )
    deliver(event)
    looked_at, copied = requests
    assert looked_at == copied


def test_an_upload_that_is_replaced_meanwhile_waits_for_its_own_event(
    product: Product,
    catalogue: Catalogue,
    bucket: Bucket,
    admin: Administrator,
    customer: Customer,
    deliver: Deliver,
) -> None:
    """moto does not know this condition of CopyObject, so its answer is written here."""
    ticket = admin.begin_image(product["id"]).body
    event = bucket.upload(ticket)
    before = catalogue.everything()
    refused = refuse("CopyObject", 412, "PreconditionFailed")
    deliver(event)
    assert refused == ["CopyObject"]
    assert catalogue.everything() == before
    assert bucket.objects() == [ticket["fields"]["key"]]
    deliver(event)
    assert customer.product(product["id"]).body["imageUrl"] == ticket["imageUrl"]


@pytest.mark.parametrize("operation", ["GetObject", "CopyObject", "DeleteObject"])
@pytest.mark.parametrize(("status", "code"), [(403, "AccessDenied"), (400, "InvalidRequest")])
def test_what_else_s3_refuses_is_raised_so_that_the_event_comes_again(
    product: Product,
    bucket: Bucket,
    admin: Administrator,
    customer: Customer,
    deliver: Deliver,
    operation: str,
    status: int,
    code: str,
) -> None:
    ticket = admin.begin_image(product["id"]).body
    event = bucket.upload(ticket)
    refuse(operation, status, code)
    with pytest.raises(image_store.client().exceptions.ClientError, match=code):
        deliver(event)
    deliver(event)
    assert customer.product(product["id"]).body["imageUrl"] == ticket["imageUrl"]
    assert bucket.uploads() == []
