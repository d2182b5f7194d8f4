"""Requests as API Gateway hands them to a function (HTTP API, payload format 2.0)."""

from __future__ import annotations

import base64
import uuid
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from shop import identity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shop.identity import Caller

HOST = "a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com"
DEFAULT_ROUTE = "$default"  # takes what no other route does

_OWN_HEADERS = {
    "accept": "*/*",
    "content-length": "0",
    "host": HOST,
    "user-agent": "shop-tests/1.0",
    "x-amzn-trace-id": "Root=1-67409f1c-3f9a0b6e2f1d4c5b6a798081",
    "x-forwarded-for": "203.0.113.7",
    "x-forwarded-port": "443",
    "x-forwarded-proto": "https",
}


def http_event(
    method: str,
    path: str,
    *,
    route: str | None = None,
    path_parameters: Mapping[str, str] | None = None,
    query: Sequence[tuple[str, str]] | Mapping[str, str] = (),
    headers: Mapping[str, str] | None = None,
    body: str | bytes | None = None,
    caller: Caller | None = None,
) -> dict[str, Any]:
    """A request, complete, as the gateway sends it on.

    ``route`` is the path of the route that took it (``/products/{product_id}``); without one it is
    ``path`` itself. ``query`` as pairs may repeat a name. A ``body`` in bytes comes in base64.
    ``caller`` is whom the authorizer found the token to be for.
    """
    pairs = list(query.items() if hasattr(query, "items") else query)
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": DEFAULT_ROUTE if route == DEFAULT_ROUTE else f"{method} {route or path}",
        "rawPath": path,
        "rawQueryString": urlencode(pairs),
        "headers": _OWN_HEADERS | {name.lower(): value for name, value in (headers or {}).items()},
        "requestContext": {
            "accountId": "123456789012",
            "apiId": HOST.partition(".")[0],
            "domainName": HOST,
            "domainPrefix": HOST.partition(".")[0],
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "203.0.113.7",
                "userAgent": "shop-tests/1.0",
            },
            "requestId": f"{uuid.uuid4().hex[:15]}=",
            "routeKey": DEFAULT_ROUTE if route == DEFAULT_ROUTE else f"{method} {route or path}",
            "stage": "$default",
            "time": "22/Nov/2026:15:04:05 +0000",
            "timeEpoch": 1795359845123,
        },
        "isBase64Encoded": isinstance(body, bytes),
    }
    if caller:
        event["requestContext"]["authorizer"] = {"lambda": identity.context(caller)}
    if pairs:
        event["queryStringParameters"] = _joined(pairs)
    if path_parameters:
        event["pathParameters"] = dict(path_parameters)
    if body is not None:
        raw = body.encode(errors="surrogatepass") if isinstance(body, str) else body
        event["headers"]["content-length"] = str(len(raw))
        event["body"] = base64.b64encode(raw).decode() if isinstance(body, bytes) else body
    return event


def _joined(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    """The gateway joins the values of a repeated parameter with commas."""
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return {name: ",".join(each) for name, each in values.items()}
