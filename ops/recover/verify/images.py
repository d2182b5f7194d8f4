"""Whether the images are there that products name: the bucket is listed once, whatever they are."""

from __future__ import annotations

from itertools import batched
from typing import TYPE_CHECKING, NamedTuple, Self
from urllib.parse import unquote, urlsplit

from botocore.exceptions import ClientError

from ops.recover.buckets.objects import Place
from ops.recover.verify.rules import Finding, Rule, shown
from ops.recover.verify.tables import MOST_AT_ONCE, facts_of
from products import image_address

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ops.recover.verify.notebook import Notebook, Unseen
    from ops.recover.verify.tables import Tables
    from ops.target import Target

PUBLISHED = "images/"
"""What rows' addresses of our images begin with (products.image_address), and so do their keys."""
_GONE = {"404", "NoSuchBucket"}


class Images(NamedTuple):
    """``url`` is where the world finds what is published, without a slash at its end."""

    place: Place
    url: str

    @classmethod
    def of(cls, target: Target) -> Self | None:
        """None when the stack tells of no bucket."""
        outputs = target.outputs()
        if "ImagesBucketName" not in outputs:
            return None
        place = Place(target.s3(), outputs["ImagesBucketName"])
        return cls(place, outputs.get("ImagesUrl", ""))

    def key(self, address: str | None) -> str | None:
        """Of the object that is served for an address of ours; None for all others."""
        held = image_address.stored(address, self.url)
        if held is None or not held.startswith(PUBLISHED):
            return None
        return unquote(urlsplit(held).path)

    def listed(self) -> Iterator[tuple[str, int]]:
        """Keys and sizes of what is published; one page is held."""
        pages = self.place.s3.get_paginator("list_objects_v2").paginate(
            Bucket=self.place.bucket, Prefix=PUBLISHED
        )
        for page in pages:
            for each in page.get("Contents", []):
                yield each["Key"], each["Size"]


def image_findings(tables: Tables, notes: Notebook, images: Images) -> list[Finding] | None:
    """One for each image that is not there, or empty; None when there is no bucket.

    It is listed when all rows were read: what they name was there by then, and nothing of ours
    ever deletes it.
    """
    try:
        notes.add_objects(images.listed())
    except ClientError as error:
        if error.response["Error"]["Code"] in _GONE:
            return None
        raise
    unseen = batched(notes.unseen(), MOST_AT_ONCE, strict=False)
    return [finding for batch in unseen for finding in _still(tables, images, batch)]


def _still(tables: Tables, images: Images, unseen: Sequence[Unseen]) -> Iterator[Finding]:
    """Those of products that still name them."""
    rows = tables.at_once([each.product for each in unseen])
    for each, row in zip(unseen, rows, strict=True):
        if row and images.key(facts_of(each.product.table, row).image) == each.name:
            state = "is not in the bucket" if each.size is None else "is empty"
            text = f"its image {each.name} {state}"
            yield Finding(Rule.PRODUCT_IMAGE, each.product.table, shown(each.product), text)
