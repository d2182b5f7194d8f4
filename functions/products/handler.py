"""Routes of the catalogue."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Header, Path, Query

from products import administration, image_store, images, service
from products.errors import (
    PreconditionFailed,
    ProductNotFound,
    SortWithName,
    UnknownCategory,
)
from products.etags import etag
from products.image_store import ImageStore
from products.models import (
    CategoryList,
    CategoryName,
    ImageTicket,
    ImageUpload,
    NameBeginning,
    NewProduct,
    Product,
    ProductChanges,
    ProductPage,
    ProductSort,
    StockAdjustment,
    StockLevel,
)
from products.repository import ProductRepository, StoredProduct
from products.writer import ProductWriter
from shop import config, dynamo, events, identity
from shop.contracts.products import InsufficientStock, StockLimit
from shop.errors import (
    InvalidCursor,
    MalformedJson,
    Unavailable,
    UnsupportedMediaType,
    ValidationFailed,
)
from shop.http import JSON, create_api, documented, entrypoint
from shop.identity import ADMIN, PUBLIC
from shop.pagination import Cursor, Limit

api = create_api()

ProductId = Annotated[str, Path(description="The product's id")]
IfMatch = Annotated[
    str | None,
    Header(alias="If-Match", description="An ETag: change the product only if it is still this"),
]
_ETAG = {"ETag": "The product's version, for If-Match"}
_BAD_BODY = (MalformedJson, UnsupportedMediaType, ValidationFailed)


@dataclass(frozen=True)
class Settings:
    table_name: str
    images_bucket: str
    images_url: str


@cache
def repository() -> ProductRepository:
    return ProductRepository(_table(), config.from_environment(Settings).images_url)


@cache
def writer() -> ProductWriter:
    return ProductWriter(_table(), config.from_environment(Settings).images_url)


@cache
def store() -> ImageStore:
    settings = config.from_environment(Settings)
    return ImageStore(settings.images_bucket, settings.images_url, image_store.client())


def _table() -> dynamo.Table:
    return dynamo.Table(config.from_environment(Settings).table_name, dynamo.client())


@api.get(
    "/products",
    operation_id="listProducts",
    summary="Browse the catalogue",
    openapi_extensions=PUBLIC,
    responses=documented("A page of products", InvalidCursor, ValidationFailed, Unavailable),
)
def list_products(
    category: Annotated[CategoryName | None, Query(description="Only this category's")] = None,
    name: Annotated[
        NameBeginning | None,
        Query(
            description="Only products whose name begins so, whatever the case and the accents;"
            " they come by name"
        ),
    ] = None,
    sort: Annotated[ProductSort, Query(description="Newest, or by price")] = ProductSort.NEWEST,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> ProductPage:
    if name is not None:
        if sort is not ProductSort.NEWEST:
            raise SortWithName
        return service.find_products(
            repository(), name=name, category=category, limit=limit, cursor=cursor
        )
    return service.list_products(
        repository(), category=category, sort=sort, limit=limit, cursor=cursor
    )


@api.get(
    "/products/<product_id>",
    operation_id="getProduct",
    summary="One product",
    openapi_extensions=PUBLIC,
    responses=documented(
        "The product",
        ProductNotFound,
        Unavailable,
        headers=_ETAG,
    ),
)
def get_product(product_id: ProductId) -> Response[Product]:
    return _answer(service.get_product(repository(), product_id))


@api.get(
    "/categories",
    operation_id="listCategories",
    summary="All categories",
    openapi_extensions=PUBLIC,
    responses=documented("The categories, by name", Unavailable),
)
def list_categories() -> CategoryList:
    return service.list_categories(repository())


@api.post(
    "/products",
    operation_id="createProduct",
    summary="Put a product on sale",
    openapi_extensions=ADMIN,
    responses=documented(
        "The new product",
        *_BAD_BODY,
        UnknownCategory,
        Unavailable,
        status=HTTPStatus.CREATED,
        headers={"Location": "The path of the new product", **_ETAG},
    ),
)
def create_product(new: Annotated[NewProduct, Body()]) -> Response[Product]:
    created = administration.create_product(writer(), new)
    return _answer(created, HTTPStatus.CREATED, Location=f"/products/{created.product.id}")


@api.patch(
    "/products/<product_id>",
    operation_id="updateProduct",
    summary="Change a product",
    openapi_extensions=ADMIN,
    responses=documented(
        "The product as it is now",
        *_BAD_BODY,
        UnknownCategory,
        ProductNotFound,
        PreconditionFailed,
        Unavailable,
        headers=_ETAG,
    ),
)
def update_product(
    product_id: ProductId, changes: Annotated[ProductChanges, Body()], if_match: IfMatch = None
) -> Response[Product]:
    return _answer(
        administration.change_product(repository(), writer(), product_id, changes, if_match)
    )


@api.delete(
    "/products/<product_id>",
    operation_id="archiveProduct",
    summary="Take a product off sale for good",
    openapi_extensions=ADMIN,
    responses=documented(
        "It is archived", ProductNotFound, Unavailable, status=HTTPStatus.NO_CONTENT
    ),
)
def archive_product(product_id: ProductId) -> Response[None]:
    administration.archive_product(writer(), product_id)
    return Response(HTTPStatus.NO_CONTENT)


@api.post(
    "/products/<product_id>/stock-adjustments",
    operation_id="adjustStock",
    summary="Add to a product's stock, or take away from it",
    openapi_extensions=ADMIN,
    responses=documented(
        "The stock as it is now",
        *_BAD_BODY,
        ProductNotFound,
        InsufficientStock,
        StockLimit,
        Unavailable,
    ),
)
def adjust_stock(
    product_id: ProductId, adjustment: Annotated[StockAdjustment, Body()]
) -> StockLevel:
    user_id = identity.caller(api.current_event.raw_event).user_id
    stock = administration.adjust_stock(repository(), writer(), product_id, adjustment, user_id)
    return StockLevel(stock=stock)


@api.post(
    "/products/<product_id>/image",
    operation_id="uploadImage",
    summary="Get a form to upload a product's image with",
    openapi_extensions=ADMIN,
    responses=documented(
        "The form; the product shows the image soon after it was uploaded",
        *_BAD_BODY,
        ProductNotFound,
        Unavailable,
        status=HTTPStatus.CREATED,
    ),
)
def upload_image(
    product_id: ProductId, upload: Annotated[ImageUpload, Body()]
) -> Response[ImageTicket]:
    ticket = images.begin_upload(repository(), store(), product_id, upload.content_type)
    return Response(HTTPStatus.CREATED, content_type=JSON, body=ticket)


def publish_image(event: Mapping[str, Any]) -> None:
    """What the images bucket says when an upload has arrived."""
    images.publish(repository(), writer(), store(), event["detail"]["object"]["key"])


def _answer(
    stored: StoredProduct, status: HTTPStatus = HTTPStatus.OK, **headers: str
) -> Response[Product]:
    return Response(
        status,
        content_type=JSON,
        body=stored.product,
        headers={"ETag": etag(stored.version), **headers},
    )


handler = entrypoint(api, {events.S3: publish_image})
