"""The rules for those who keep the catalogue, as plain functions over a repository and a writer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from products import etags, image_address, image_orders
from products.errors import LabelsTooLong, PreconditionFailed, ProductNotFound
from products.models import Product, label_problem
from products.repository import StoredProduct
from products.service import get_product
from shop import clock
from shop.errors import InternalError, Unavailable
from shop.ids import is_id, new_id
from shop.optimistic import settled

if TYPE_CHECKING:
    from products.models import NewProduct, ProductChanges, StockAdjustment
    from products.repository import ProductRepository
    from products.writer import ProductWriter

_LABELS = {"name", "category", "image_url"}


def create_product(writer: ProductWriter, new: NewProduct) -> StoredProduct:
    """A new product, on sale at once.

    Raises UnknownCategory; Unavailable when there is none, InternalError when nobody knows.
    """
    product_id, now = new_id(), clock.now()
    writer.create(product_id, new, now)
    product = Product(id=product_id, **new.model_dump(), created_at=now, updated_at=now)
    return StoredProduct(product, version=1)


def change_product(
    repository: ProductRepository,
    writer: ProductWriter,
    product_id: str,
    changes: ProductChanges,
    if_match: str | None = None,
) -> StoredProduct:
    """The product with what was sent changed.

    Raises ProductNotFound, PreconditionFailed when ``if_match`` does not match (any longer),
    LabelsTooLong, UnknownCategory, Unavailable.
    """
    wanted: StoredProduct | None = None

    def attempt() -> StoredProduct:
        nonlocal wanted
        found = get_product(repository, product_id)
        if found == wanted:
            return found  # It was written at the last attempt, unheard.
        if not etags.matches(if_match, found.version):
            raise PreconditionFailed
        if not changes.model_fields_set:
            return found
        wanted = _changed(found, changes, repository.images_url)
        writer.change(found, wanted, changes.category)
        return wanted

    return settled(attempt)


def _changed(found: StoredProduct, changes: ProductChanges, images_url: str) -> StoredProduct:
    """What ``changes`` make of the product. Raises LabelsTooLong."""
    sent = {name: getattr(changes, name) for name in changes.model_fields_set}
    updated_at = clock.after(found.product.updated_at)
    product = found.product.model_copy(update={**sent, "updated_at": updated_at})
    image = image_address.stored(product.image_url, images_url)
    order = found.image_order
    if "image_url" in sent:
        order = _order(found, image)
    # A row that is too long for whatever reason can still have its price changed.
    problem = label_problem(product.name, product.category, image)
    if problem and not _LABELS.isdisjoint(sent):
        raise LabelsTooLong(problem)
    return StoredProduct(product, found.version + 1, order)


def _order(found: StoredProduct, image: str | None) -> str | None:
    """The order of an image that is given by hand.

    Who names an upload of this product that has not arrived yet does not want it to be late.
    """
    previous = found.image_order or ""
    folder = image_address.of_uploads(found.product.id)
    if image and image.startswith(folder):
        upload_id = image.removeprefix(folder).partition(".")[0]
        if upload_id > previous:
            return found.image_order
    return image_orders.by_hand(previous)


def archive_product(writer: ProductWriter, product_id: str) -> None:
    """Take a product off sale for good. Raises ProductNotFound, Unavailable."""
    if not is_id(product_id):
        raise ProductNotFound(product_id)
    writer.archive(product_id)


def adjust_stock(
    repository: ProductRepository,
    writer: ProductWriter,
    product_id: str,
    adjustment: StockAdjustment,
    user_id: str,
) -> int:
    """The stock once the adjustment, by the administrator ``user_id``, is made.

    Raises ProductNotFound, InsufficientStock, StockLimit; Unavailable when it was not made;
    InternalError when it was, but the stock cannot be read, or when nobody knows.
    """
    if not is_id(product_id):
        raise ProductNotFound(product_id)
    writer.adjust_stock(product_id, adjustment, user_id)
    try:
        return repository.stock(product_id)
    except Unavailable as error:
        # Unavailable would say that it is safe to send this again.
        raise InternalError(
            "The adjustment was made, but the stock could not be read."
            " Look at the product before you adjust it again."
        ) from error
