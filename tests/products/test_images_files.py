"""What arrives in the bucket is looked at before anyone gets to see it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from shop.ids import new_id
from tests.products.bucket import EXTENSIONS, STARTS, arrival, image

if TYPE_CHECKING:
    from tests.products.administrator import Administrator
    from tests.products.bucket import Bucket, Deliver
    from tests.products.catalogue import Catalogue, Customer

type Product = dict[str, Any]

MEGABYTE = 1024 * 1024


def avif(major: bytes, *compatible: bytes, size: int | None = None) -> bytes:
    """A file whose ``ftyp`` box names these brands, and says that it is ``size`` bytes long."""
    box = b"ftyp" + major + bytes(4) + b"".join(compatible)
    return (size or 4 + len(box)).to_bytes(4) + box


GOOD = [
    *STARTS.items(),
    ("image/png", b"\x89PNG\r\n\x1a\n"),
    ("image/jpeg", b"\xff\xd8\xff"),
    ("image/webp", b"RIFF\x00\x00\x00\x00WEBP"),
    ("image/avif", avif(b"avif")),
    ("image/avif", avif(b"avis", b"msf1")),
    ("image/avif", avif(b"mif1", b"miaf", b"avif")),
    ("image/avif", avif(b"mif1", *[b"miaf"] * 11, b"avif")),  # the last one that is looked at
]
BAD = [
    *((content_type, b"no image, but long enough to be one") for content_type in EXTENSIONS),
    *((content_type, b"") for content_type in EXTENSIONS),
    *((content_type, b"<svg xmlns='http://www.w3.org/2000/svg'/>") for content_type in EXTENSIONS),
    *((mine, STARTS[other]) for mine in STARTS for other in STARTS if mine != other),
    ("image/png", b"\x89PNG\r\n\x1a"),
    ("image/png", b"\x89PNG\n\x1a\n"),
    ("image/png", b" \x89PNG\r\n\x1a\n"),
    ("image/jpeg", b"\xff\xd8"),
    ("image/webp", b"RIFF\x00\x00\x00\x00WAVE"),
    ("image/webp", b"RIFX\x00\x00\x00\x00WEBP"),
    ("image/webp", b"RIFF\x00\x00\x00WEBP"),
    ("image/avif", avif(b"heic", b"mif1")),
    ("image/avif", b"\x00\x00\x00\x1cmoovavif\x00\x00\x00\x00avif"),
    ("image/avif", avif(b"mif1", b"avif", size=16)),  # the brand is behind the box
    ("image/avif", avif(b"mif1", b"avif", size=18)),  # half of it is
    ("image/avif", b"\x00\x00\x00\x14ftypmif1avif"),  # the version is no brand
    ("image/avif", b"\x00\x00\x00\x00ftypavif"),
]  # fmt: skip


@pytest.mark.parametrize(("content_type", "content"), GOOD, ids=lambda each: ascii(each)[:30])
def test_the_first_bytes_of_a_type_are_taken(
    product: Product,
    bucket: Bucket,
    admin: Administrator,
    customer: Customer,
    deliver: Deliver,
    content_type: str,
    content: bytes,
) -> None:
    ticket = admin.begin_image(product["id"], content_type).body
    deliver(bucket.upload(ticket, content))
    assert customer.product(product["id"]).body["imageUrl"] == ticket["imageUrl"]


@pytest.mark.parametrize(("content_type", "content"), BAD, ids=lambda each: ascii(each)[:30])
def test_what_is_no_image_of_its_type_is_deleted_and_logged(
    caplog: pytest.LogCaptureFixture,
    product: Product,
    catalogue: Catalogue,
    bucket: Bucket,
    admin: Administrator,
    deliver: Deliver,
    content_type: str,
    content: bytes,
) -> None:
    ticket = admin.begin_image(product["id"], content_type).body
    before = catalogue.everything()
    caplog.clear()
    deliver(bucket.upload(ticket, content))
    assert catalogue.everything() == before
    assert bucket.objects() == []
    warning, line = (vars(record) for record in caplog.records)
    assert (warning["levelname"], warning["msg"]) == ("WARNING", "image refused")
    assert warning["product_id"] == product["id"]
    assert warning["reason"] == f"it is not {content_type}"
    assert (line["levelname"], line["msg"]) == ("INFO", "event")


@pytest.mark.parametrize("size", [1, 2000, 5 * MEGABYTE])
def test_a_file_of_any_size_that_the_form_allows_is_taken(
    product: Product,
    bucket: Bucket,
    admin: Administrator,
    customer: Customer,
    deliver: Deliver,
    size: int,
) -> None:
    ticket = admin.begin_image(product["id"], "image/jpeg").body
    deliver(bucket.upload(ticket, b"\xff\xd8\xff" + b"." * (size - 3)))
    assert customer.product(product["id"]).body["imageUrl"] == ticket["imageUrl"]


@pytest.mark.parametrize(
    ("size", "content_type"),
    [(5 * MEGABYTE + 1, "image/png"), (2000, "image/jpeg"), (2000, "text/html")],
)
def test_what_came_past_the_form_is_not_shown(
    product: Product,
    bucket: Bucket,
    admin: Administrator,
    customer: Customer,
    deliver: Deliver,
    size: int,
    content_type: str,
) -> None:
    key = admin.begin_image(product["id"], "image/png").body["fields"]["key"]
    deliver(bucket.put(key, image("image/png", size), content_type))
    assert customer.product(product["id"]).body == product
    assert bucket.objects() == []


# --- what is not ours -------------------------------------------------------------------------
P, U = "0" * 32, "0" * 28


@pytest.mark.parametrize(
    "key",
    [
        "",
        "uploads",
        f"uploads/{P}/{U}.gif",
        f"uploads/{P}/{U}.jpeg",
        f"uploads/{P}/{U}.PNG",
        f"uploads/{P}/{U}",
        f"uploads/{P}/{U}.png.png",
        f"uploads/{P}/{U}.png\n",
        f"uploads/{P}/{U}xpng",
        f"uploads/{P}/{U}0.png",
        f"uploads/{P}/{U[1:]}.png",
        f"uploads/{P}0/{U}.png",
        f"uploads/{'A' * 32}/{U}.png",
        f"uploads/{P}/{'g' * 28}.png",
        f"uploads//{P}/{U}.png",
        f"uploads/../{P}/{U}.png",
        f"uploads/{P}/{U}.png/x",
        f"images/{P}/{U}.png",
        f"/uploads/{P}/{U}.png",
        f"Uploads/{P}/{U}.png",
        f"uploads%2F{P}%2F{U}.png",
        f"uploads/{chr(0x660) * 32}/{U}.png",
    ],
    ids=lambda key: ascii(key)[:40],
)
def test_what_is_no_upload_is_left_alone(
    catalogue: Catalogue, deliver: Deliver, calls: list[str], key: str
) -> None:
    deliver(arrival(key))
    assert calls == []


def test_an_upload_for_a_product_that_there_is_not_is_deleted(
    catalogue: Catalogue, bucket: Bucket, deliver: Deliver
) -> None:
    deliver(bucket.put(f"uploads/{new_id()}/{U}.png", image("image/png"), "image/png"))
    assert bucket.objects() == []
    assert catalogue.everything() == {}
