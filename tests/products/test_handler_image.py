"""POST /products/{product_id}/image: what the ticket says, and what its form allows."""

from __future__ import annotations

import base64
import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from products import image_orders, images
from products.models import LABEL_BYTES, ImageType
from tests.products.bucket import BUCKET_NAME, EXTENSIONS, IMAGES_URL

if TYPE_CHECKING:
    from tests.products.administrator import Administrator
    from tests.products.bucket import Bucket
    from tests.products.catalogue import Catalogue, Customer
    from tests.shop.wire import Wire

MEGABYTE = 1024 * 1024


@pytest.fixture
def product_id(catalogue: Catalogue, admin: Administrator) -> str:
    created: str = admin.create().body["id"]
    return created


def policy(ticket: dict[str, Any]) -> dict[str, Any]:
    """What S3 will hold the upload to."""
    decoded: dict[str, Any] = json.loads(base64.b64decode(ticket["fields"]["policy"]))
    return decoded


@pytest.mark.parametrize(("content_type", "extension"), EXTENSIONS.items())
def test_a_ticket_has_a_form_and_says_where_the_image_will_be(
    product_id: str, admin: Administrator, content_type: str, extension: str
) -> None:
    answer = admin.begin_image(product_id, content_type)
    assert answer.status == 201
    assert answer.body.keys() == {"url", "fields", "imageUrl", "expiresIn"}
    # The region's own address: the general one would redirect.
    assert answer.body["url"] == f"https://{BUCKET_NAME}.s3.eu-central-1.amazonaws.com/"
    key = answer.body["fields"]["key"]
    assert re.fullmatch(rf"uploads/{product_id}/[0-9a-f]{{28}}\.{extension}", key)
    assert answer.body["imageUrl"] == f"{IMAGES_URL}/images/{key.removeprefix('uploads/')}"
    assert answer.body["expiresIn"] == 600
    upload = images.parse(key)
    assert upload
    assert (upload.product_id, upload.type, upload.key) == (product_id, content_type, key)


@pytest.mark.parametrize("content_type", EXTENSIONS)
def test_the_form_allows_that_one_file_and_nothing_else(
    product_id: str, admin: Administrator, content_type: str
) -> None:
    ticket = admin.begin_image(product_id, content_type).body
    conditions = policy(ticket)["conditions"]
    exact = {
        name: value for each in conditions if isinstance(each, dict) for name, value in each.items()
    }
    assert [each for each in conditions if isinstance(each, list)] == [
        ["content-length-range", 1, 5 * MEGABYTE]
    ]
    signature = {each for each in exact if each.startswith("x-amz-")}
    assert exact.keys() - signature == {"bucket", "key", "Content-Type"}
    assert exact["bucket"] == BUCKET_NAME
    assert exact["Content-Type"] == content_type
    assert exact["x-amz-algorithm"] == "AWS4-HMAC-SHA256"
    # The form has exactly what the policy asks for.
    sent = ticket["fields"].items() - {("policy", ticket["fields"]["policy"])}
    assert {name: value for name, value in sent if name != "x-amz-signature"} == {
        name: value for name, value in exact.items() if name != "bucket"
    }
    assert all(isinstance(value, str) for value in ticket["fields"].values())


def test_the_form_ends_in_ten_minutes(product_id: str, admin: Administrator) -> None:
    before = datetime.now(UTC)
    ticket = admin.begin_image(product_id).body
    after = datetime.now(UTC)
    ends = datetime.fromisoformat(policy(ticket)["expiration"])
    # S3 knows whole seconds only.
    assert int(before.timestamp()) + 600 <= ends.timestamp() <= after.timestamp() + 600


def test_no_two_tickets_are_for_the_same_place_and_later_ones_sort_later(
    product_id: str, admin: Administrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    milliseconds = iter([1, 1, 255, 256, 1_795_359_845_123, 2**48 - 1])
    monkeypatch.setattr("time.time_ns", lambda: next(milliseconds) * 1_000_000 + 999_999)
    ids = [image_orders.of_upload() for _ in range(6)]
    assert [each[:12] for each in ids] == [
        "000000000001", "000000000001", "0000000000ff", "000000000100", "01a203c92b03", "f" * 12,
    ]  # fmt: skip
    assert len(set(ids)) == 6
    assert ids[2:] == sorted(ids[2:])
    assert all(re.fullmatch("[0-9a-f]{28}", each) for each in ids)


def test_a_ticket_changes_nothing(
    product_id: str, catalogue: Catalogue, bucket: Bucket, admin: Administrator, calls: list[str]
) -> None:
    before = catalogue.everything()
    calls.clear()
    for _ in range(3):
        admin.begin_image(product_id)
    assert calls == ["GetItem"] * 3
    assert catalogue.everything() == before
    assert bucket.objects() == []


def test_an_upload_that_never_comes_changes_nothing(
    product_id: str, bucket: Bucket, admin: Administrator, customer: Customer
) -> None:
    product = customer.product(product_id).body
    admin.begin_image(product_id)
    assert customer.product(product_id).body == product
    assert admin.change(product_id, if_match='"1"', imageUrl="https://x.test/a.png").status == 200


@pytest.mark.parametrize(
    "body",
    [
        *(
            {"contentType": value}
            for value in [
                "image/gif",
                "image/svg+xml",
                "image/PNG",
                "image/png ",
                "png",
                "",
                None,
                1,
            ]
        ),
        {"contentType": "image/png", "size": 5},
        {"content_type": "image/png"},
        {},
        [],
        None,
    ],
    ids=ascii,
)
def test_what_is_no_image_is_422(admin: Administrator, untouched: Wire, body: Any) -> None:
    answer = admin.send("POST", "/products/{product_id}/image", "0" * 32, body)
    assert answer.problem == (422, "validation-failed")
    assert untouched.requests == []


def test_an_address_that_would_not_fit_the_row_is_422(
    catalogue: Catalogue, admin: Administrator
) -> None:
    room = LABEL_BYTES - len(f"images/{'0' * 32}/{'0' * 28}.png")
    # Two bytes a letter; what is over goes into the category.
    fits = {"name": "\u00e9" * 250, "category": "x" * 10 + "\u00e9" * ((room - 510) // 2)}
    fits["category"] += "x" * (room - sum(len(each.encode()) for each in fits.values()))
    catalogue.add_category(fits["category"])
    product_id = admin.create(**fits).body["id"]
    assert admin.begin_image(product_id, "image/png").status == 201
    answer = admin.begin_image(product_id, "image/webp")  # one letter more
    assert answer.problem == (422, "validation-failed")
    for text in (answer.body["detail"], answer.body["errors"][0]["msg"]):
        assert f"take {LABEL_BYTES + 1} bytes of UTF-8, at most {LABEL_BYTES}" in text
        assert "the image's address" in text
    assert answer.body["errors"][0]["loc"] == ["body"]


def test_the_form_is_in_no_log(
    product_id: str, admin: Administrator, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.clear()
    ticket = admin.begin_image(product_id, ImageType.AVIF).body
    [record] = caplog.records
    assert vars(record)["status"] == 201
    for secret in ("policy", "x-amz-signature", "key"):
        assert ticket["fields"][secret] not in str(vars(record))
