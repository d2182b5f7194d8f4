"""Routes of the catalogue."""

from dataclasses import dataclass
from functools import cache
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path, Query

from products import service
from products.errors import ProductNotFound
from products.models import CategoryList, CategoryName, Product, ProductPage, ProductSort
from products.repository import ProductRepository
from shop import config, dynamo
from shop.errors import InvalidCursor, Unavailable, ValidationFailed
from shop.http import JSON, PUBLIC, create_api, documented, entrypoint
from shop.pagination import Cursor, Limit

api = create_api()
handler = entrypoint(api)


@dataclass(frozen=True)
class Settings:
    table_name: str


@cache
def repository() -> ProductRepository:
    settings = config.from_environment(Settings)
    return ProductRepository(dynamo.Table(settings.table_name, dynamo.client()))


@api.get(
    "/products",
    operation_id="listProducts",
    summary="Browse the catalogue",
    openapi_extensions=PUBLIC,
    responses=documented("A page of products", InvalidCursor, ValidationFailed, Unavailable),
)
def list_products(
    category: Annotated[CategoryName | None, Query(description="Only this category's")] = None,
    sort: Annotated[ProductSort, Query(description="Newest, or by price")] = ProductSort.NEWEST,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> ProductPage:
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
        headers={"ETag": "The product's version, for If-Match"},
    ),
)
def get_product(
    product_id: Annotated[str, Path(description="The product's id")],
) -> Response[Product]:
    found = service.get_product(repository(), product_id)
    return Response(
        200, content_type=JSON, body=found.product, headers={"ETag": f'"{found.version}"'}
    )


@api.get(
    "/categories",
    operation_id="listCategories",
    summary="All categories",
    openapi_extensions=PUBLIC,
    responses=documented("The categories, by name", Unavailable),
)
def list_categories() -> CategoryList:
    return service.list_categories(repository())
