"""Those who keep the catalogue, as the function sees them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from products import handler
from shop.identity import Caller, Role
from tests.events import http_event
from tests.products.catalogue import Answer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_lambda_powertools.utilities.typing import LambdaContext

ADMINISTRATOR = Caller("a" * 32, "5" * 32, Role.ADMIN)
NEW: dict[str, Any] = {"name": "Mug", "price": "8.50", "stock": 3}


class Administrator:
    """Sends what changes the catalogue, as the gateway does. Bodies are JSON values, or as is."""

    def __init__(self, context: LambdaContext, caller: Caller | None = ADMINISTRATOR) -> None:
        self._context = context
        self._caller = caller

    def create(self, **fields: Any) -> Answer:
        return self.send("POST", "/products", body=NEW | fields)

    def change(self, product_id: str, if_match: str | None = None, **fields: Any) -> Answer:
        headers = {} if if_match is None else {"If-Match": if_match}
        return self.send("PATCH", "/products/{product_id}", product_id, fields, headers)

    def archive(self, product_id: str) -> Answer:
        return self.send("DELETE", "/products/{product_id}", product_id)

    def adjust(self, product_id: str, delta: Any, **fields: Any) -> Answer:
        route = "/products/{product_id}/stock-adjustments"
        return self.send("POST", route, product_id, {"delta": delta} | fields)

    def begin_image(self, product_id: str, content_type: str = "image/png") -> Answer:
        body = {"contentType": content_type}
        return self.send("POST", "/products/{product_id}/image", product_id, body)

    def send(
        self,
        method: str,
        route: str,
        product_id: str | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        event = http_event(
            method,
            route.replace("{product_id}", product_id or ""),
            route=route,
            path_parameters=None if product_id is None else {"product_id": product_id},
            headers=headers,
            body=body if body is None or isinstance(body, str | bytes) else json.dumps(body),
            caller=self._caller,
        )
        return Answer(handler.handler(event, self._context))
