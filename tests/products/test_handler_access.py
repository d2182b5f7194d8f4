"""Who may keep the catalogue: administrators, before anything else is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from products.handler import api
from shop.identity import Caller, Role
from tests.products.administrator import Administrator

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

    from tests.shop.wire import Wire

ROUTES = [
    ("POST", "/products"),
    ("PATCH", "/products/{product_id}"),
    ("DELETE", "/products/{product_id}"),
    ("POST", "/products/{product_id}/stock-adjustments"),
    ("POST", "/products/{product_id}/image"),
]
PUBLIC = ["/products", "/products/{product_id}", "/categories"]


@pytest.mark.parametrize(("method", "route"), ROUTES)
@pytest.mark.parametrize("body", ["{}", "{", None])
def test_administrators_only(
    context: LambdaContext, untouched: Wire, method: str, route: str, body: str | None
) -> None:
    product_id = "0" * 32 if "{" in route else None
    customer = Administrator(context, Caller("c" * 32, "5" * 32, Role.CUSTOMER))
    assert customer.send(method, route, product_id, body).problem == (403, "forbidden")
    nobody = Administrator(context, caller=None)
    assert nobody.send(method, route, product_id, body).problem == (401, "unauthenticated")
    assert untouched.requests == []


def test_there_is_no_other_route_that_changes_anything() -> None:
    schema = api.get_openapi_schema().model_dump(by_alias=True, exclude_none=True)
    methods = ("get", "post", "put", "patch", "delete")
    found = [
        (method.upper(), path)
        for path, operations in schema["paths"].items()
        for method in methods
        if method in operations
    ]
    assert sorted(found) == sorted(ROUTES + [("GET", path) for path in PUBLIC])
