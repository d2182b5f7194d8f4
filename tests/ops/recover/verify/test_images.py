"""An image that a product names is in the bucket; which are is found out by listing it once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
import pytest

from ops.recover.buckets.objects import Place
from ops.recover.verify import images as module
from ops.recover.verify.images import PUBLISHED, Images
from ops.recover.verify.reconcile import reconcile
from products import image_address

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from ops.recover.verify.reconcile import Reconciled
    from tests.ops.recover.verify.world import Shop

pytestmark = pytest.mark.slow

BUCKET, URL = "shop-images", "https://d111.cloudfront.example"


class Gallery:
    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.s3: S3Client = boto3.client("s3")
        where: Any = {"LocationConstraint": "eu-central-1"}
        self.s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration=where)
        self.calls: list[str] = []
        self.s3.meta.events.register("before-call.s3", lambda model, **_: self._called(model.name))

    def _called(self, name: str) -> None:
        self.calls.append(name)

    def put(self, key: str, body: bytes = b"RIFF") -> None:
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=body)

    def add_product(self, image: str) -> str:
        """As its row holds the image; its id."""
        product_id = self.shop.add_product()
        self.shop.write("products", self.shop.product(product_id), imageUrl=image)
        return product_id

    def look(self, bucket: str = BUCKET) -> Reconciled:
        self.calls.clear()
        images = Images(Place(self.s3, bucket), URL)
        return reconcile(self.shop.tables, images=images)

    def texts(self) -> list[str]:
        return [each.text for each in self.look().findings]


@pytest.fixture
def gallery(shop: Shop) -> Gallery:
    return Gallery(shop)


def test_an_image_that_is_there_is_not_told(gallery: Gallery) -> None:
    gallery.put("images/a/1.webp")
    gallery.add_product("images/a/1.webp")
    gallery.shop.archive(gallery.add_product("images/a/1.webp"))
    assert gallery.texts() == []


def test_one_that_is_not_there_and_one_that_is_empty_are_told(gallery: Gallery) -> None:
    gallery.put("images/a/2.webp", b"")
    gone, empty = (gallery.add_product(f"images/a/{number}.webp") for number in (1, 2))
    found = {(each.rule, each.table, each.row, each.text) for each in gallery.look().findings}
    assert found == {
        (
            "product-image",
            "products",
            f"PRODUCT#{gone} / PRODUCT",
            "its image images/a/1.webp is not in the bucket",
        ),
        (
            "product-image",
            "products",
            f"PRODUCT#{empty} / PRODUCT",
            "its image images/a/2.webp is empty",
        ),
    }


def test_one_that_was_never_ours_is_not_looked_for(gallery: Gallery) -> None:
    gallery.add_product("https://images.example/images/a/1.webp")
    gallery.add_product("https://images.example/mug.webp")
    assert gallery.texts() == []


@pytest.mark.parametrize(
    "image", ["images/a/1%202.webp", "images/a/1 2.webp?width=9", f"{URL}/images/a/1%202.webp#x"]
)
def test_one_of_ours_is_known_by_what_is_served_for_its_address(
    gallery: Gallery, image: str
) -> None:
    gallery.add_product(image)
    assert gallery.texts() == ["its image images/a/1 2.webp is not in the bucket"]
    gallery.put("images/a/1 2.webp")
    assert gallery.texts() == []


def test_what_rows_hold_of_ours_begins_as_the_keys_do() -> None:
    assert image_address.shown(f"{PUBLISHED}a", URL) == f"{URL}/{PUBLISHED}a"


def test_they_are_listed_once_however_many_there_are(gallery: Gallery) -> None:
    for number in range(5):
        gallery.add_product(f"images/a/{number}.webp")
    assert len(gallery.look().findings) == 5
    assert gallery.calls == ["ListObjectsV2"]


def test_only_what_is_published_is_listed(gallery: Gallery) -> None:
    gallery.put("uploads/a/1.webp")
    gallery.put("images/a/1.webp")
    assert list(Images(Place(gallery.s3, BUCKET), URL).listed()) == [("images/a/1.webp", 4)]


def test_a_product_that_names_another_one_by_now_is_not_told(
    gallery: Gallery, monkeypatch: pytest.MonkeyPatch
) -> None:
    product_id = gallery.add_product("images/a/1.webp")
    listed = Images.listed

    def changed(images: Images) -> Any:
        row = gallery.shop.product(product_id)
        gallery.shop.write("products", row, imageUrl="images/a/2.webp")
        return listed(images)

    monkeypatch.setattr(module.Images, "listed", changed)
    assert gallery.texts() == []


def test_without_their_bucket_they_are_left_out(gallery: Gallery) -> None:
    gallery.add_product("images/a/1.webp")
    done = gallery.look(bucket="gone")
    assert (done.findings, done.left_out) == ([], ["images"])


def test_without_being_asked_for_they_are_not_looked_at(gallery: Gallery) -> None:
    gallery.add_product("images/a/1.webp")
    assert reconcile(gallery.shop.tables).findings == []
