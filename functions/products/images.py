"""The rules for images: who may upload what, and how an upload becomes a product's image.

An administrator gets a form that the browser posts to S3. What arrives is looked at, copied to
where the world sees it, and then the product names it. All of that may happen twice, or in another
order than the uploads were begun in: the one begun last wins, and nothing is ever half done that a
repetition does not finish.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, TypeGuard

from products import image_orders
from products.errors import LabelsTooLong, ProductNotFound
from products.image_store import MAX_BYTES, TICKET_SECONDS
from products.models import ImageTicket, ImageType, label_problem
from shop.errors import Unavailable
from shop.ids import is_id
from shop.observability import logger
from shop.optimistic import Outdated

if TYPE_CHECKING:
    from products.image_store import Head, ImageStore
    from products.repository import Labels, ProductRepository
    from products.writer import ProductWriter

_ATTEMPTS = 6
_EXTENSIONS = {
    ImageType.PNG: "png",
    ImageType.JPEG: "jpg",
    ImageType.WEBP: "webp",
    ImageType.AVIF: "avif",
}
_TYPES = {extension: content_type for content_type, extension in _EXTENSIONS.items()}
_KEY = re.compile(rf"uploads/([0-9a-f]{{32}})/([0-9a-f]{{28}})\.({'|'.join(_TYPES)})")
_AVIF_BRANDS = {b"avif", b"avis"}


class Upload(NamedTuple):
    """An image on its way; ids sort by the time when uploads were begun."""

    product_id: str
    id: str
    type: ImageType

    @property
    def key(self) -> str:
        return f"uploads/{self._path}"

    @property
    def published_key(self) -> str:
        return f"images/{self._path}"

    @property
    def _path(self) -> str:
        return f"{self.product_id}/{self.id}.{_EXTENSIONS[self.type]}"

    def url(self, store: ImageStore) -> str:
        """Where the world will find it."""
        return f"{store.url}/{self.published_key}"


def begin_upload(
    repository: ProductRepository, store: ImageStore, product_id: str, content_type: ImageType
) -> ImageTicket:
    """A ticket for one image. Raises ProductNotFound, LabelsTooLong, Unavailable."""
    product = repository.labels(product_id) if is_id(product_id) else None
    if not product or not product.active:
        raise ProductNotFound(product_id)
    upload = Upload(product_id, image_orders.of_upload(), content_type)
    problem = _room_problem(product, upload)
    if problem:
        raise LabelsTooLong(f"with the image's address, {problem}")
    form = store.form(upload.key, content_type)
    return ImageTicket(
        url=form.url, fields=form.fields, image_url=upload.url(store), expires_in=TICKET_SECONDS
    )


def publish(
    repository: ProductRepository, writer: ProductWriter, store: ImageStore, key: str
) -> None:
    """Make the object at ``key``, which has just arrived, its product's image.

    What is no upload is left alone. An upload that is no image, or that nobody waits for any more,
    is deleted. Raises Unavailable, or what else S3 says: then do it again.
    """
    upload = parse(key)
    if not upload:
        return
    product = repository.labels(upload.product_id)
    if _waits(product, upload):
        head = store.head(upload.key)
        if not head:
            return  # Another delivery of this event was here.
        problem = _file_problem(head, upload.type) or _room_problem(product, upload)
        if problem:
            _refuse(upload, problem)
        elif store.publish(upload.key, upload.published_key, upload.type, head.etag):
            _show(repository, writer, store, upload, product)
        else:
            return  # It was replaced meanwhile, and that upload's event comes too.
    store.delete(upload.key)


def _show(
    repository: ProductRepository,
    writer: ProductWriter,
    store: ImageStore,
    upload: Upload,
    seen: Labels,
) -> None:
    """Let the product name the published image; unpublish it when that can never be any more."""
    product: Labels | None = seen
    for _ in range(_ATTEMPTS):
        if not _waits(product, upload):
            # Another delivery may have let it be named before.
            if not product or product.image != upload.published_key:
                store.delete(upload.published_key)
            return
        problem = _room_problem(product, upload)
        if problem:
            _refuse(upload, problem)
            return
        try:
            writer.show_image(upload.product_id, product, upload.id, upload.published_key)
        except Outdated:
            product = repository.labels(upload.product_id)
        else:
            return
    raise Unavailable


def _waits(product: Labels | None, upload: Upload) -> TypeGuard[Labels]:
    """Whether it is neither archived nor has the image of this upload or a later one."""
    return bool(product and product.active and (product.image_order or "") < upload.id)


def parse(key: str) -> Upload | None:
    """The upload that lies at ``key``, if it can be one of ours."""
    found = _KEY.fullmatch(key)
    if not found:
        return None
    product_id, upload_id, extension = found.groups()
    return Upload(product_id, upload_id, _TYPES[extension])


def is_image(start: bytes, content_type: ImageType) -> bool:
    """Whether a file of this type begins with ``start``."""
    match content_type:
        case ImageType.PNG:
            return start.startswith(b"\x89PNG\r\n\x1a\n")
        case ImageType.JPEG:
            return start.startswith(b"\xff\xd8\xff")
        case ImageType.WEBP:
            return start[:4] == b"RIFF" and start[8:12] == b"WEBP"
        case ImageType.AVIF:
            return start[4:8] == b"ftyp" and not _AVIF_BRANDS.isdisjoint(_brands(start))


def _brands(start: bytes) -> set[bytes]:
    """What a file that begins with a ``ftyp`` box says it is (ISO/IEC 14496-12, 4.3)."""
    end = min(int.from_bytes(start[:4]), len(start))
    major, version = 8, 12  # the version, four bytes, is no brand
    return {start[n : n + 4] for n in range(major, end - 3, 4) if n != version}


def _file_problem(head: Head, wanted: ImageType) -> str | None:
    """Why the file must not be shown, if it must not."""
    if head.size > MAX_BYTES:
        return f"it has {head.size} bytes, at most {MAX_BYTES}"
    if head.content_type != wanted or not is_image(head.start, wanted):
        return f"it is not {wanted}"
    return None


def _room_problem(product: Labels, upload: Upload) -> str | None:
    """Why the product cannot take the image's address, if it cannot."""
    return label_problem(product.name, product.category, upload.published_key)


def _refuse(upload: Upload, reason: str) -> None:
    logger().warning("image refused", product_id=upload.product_id, reason=reason)
