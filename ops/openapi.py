"""The API document, made from the handlers; committed as docs/openapi.json.

Each function's routes say it all: paths, models, errors, and who may call. This module puts them
together and refuses what would make the document, the gateway and the code disagree.
"""

from __future__ import annotations

import importlib
import json
from typing import TYPE_CHECKING, Any

from pydantic.json_schema import models_json_schema

from ops.committed import Committed
from ops.paths import ROOT
from shop.errors import Forbidden, InternalError, ShopError, Unauthenticated
from shop.http import documented_problem
from shop.identity import SCHEME
from shop.models import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

DOCUMENT = ROOT / "docs" / "openapi.json"
FUNCTIONS = {
    "users": "Accounts, and the sessions that are signed in to them.",
    "addresses": "The address book of whoever is signed in.",
    "products": "The catalogue: products, their stock and images, categories.",
    "orders": "Orders: placed, paid, shipped, delivered or cancelled.",
    "documents": "The API itself.",
}
"""Packages under functions/ with routes, in the order of the document, and what they are about.

An operation's tag is its package: by it the stack knows which function answers.
"""

_REPLACED = {"HTTPValidationError", "ValidationError", "ResponseValidationError"}
_BEARER = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "JWT",
    "description": "The `accessToken` of `POST /sessions`. Operations that list a role need it.",
}
_DESCRIPTION = """\
- **JSON** in camelCase; unknown fields in a body are refused.
- **Times** are RFC 3339, UTC, with milliseconds; **money** is a string such as "19.99"; **ids** \
are opaque strings.
- **Lists** take `limit` (1 to 100, default 20) and `cursor`, and answer \
`{"items": [...], "nextCursor": ...}`; null means that there is no more.
- **Errors** are problem documents (RFC 9457, `application/problem+json`). Programs compare `type`:

| type | status | |
|---|---|---|
"""


class DocumentError(Exception):
    """The handlers cannot be put into one document."""


def build() -> dict[str, Any]:
    """The document as JSON values. Raises DocumentError naming what does not fit together."""
    paths: dict[str, Any] = {}
    schemas: dict[str, Any] = _problem_schemas()
    for function in FUNCTIONS:
        part = _part(function)
        for path, operations in part["paths"].items():
            for method, operation in operations.items():
                _check(f"{method.upper()} {path}", operation)
                operation["tags"] = [function]
                operation["responses"] = _declared(operation)
                for parameter in operation.get("parameters", []):
                    _without_null(parameter["schema"])
                    if parameter["in"] == "header":  # the router tells them in lower case
                        parameter["name"] = parameter["name"].title()
                _merge(paths.setdefault(path, {}), {method: operation}, "operation")
        own = part.get("components", {}).get("schemas", {})
        _merge(schemas, {k: v for k, v in own.items() if k not in _REPLACED}, "schema")
    return {
        "openapi": "3.1.0",
        "info": {"title": "Shop", "version": "1.0.0", "description": _DESCRIPTION + _problems()},
        "servers": [{"url": "."}],
        "tags": [{"name": name, "description": text} for name, text in FUNCTIONS.items()],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "securitySchemes": {SCHEME: _BEARER},
        },
    }


FILE = Committed(DOCUMENT, build, target="openapi")


def _part(function: str) -> dict[str, Any]:
    api = importlib.import_module(f"{function}.handler").api
    part: dict[str, Any] = json.loads(api.get_openapi_json_schema(openapi_version="3.1.0"))
    return part


def _check(name: str, operation: dict[str, Any]) -> None:
    if "security" not in operation:
        raise DocumentError(f"{name}: say who may call it (shop.identity: PUBLIC, USER or ADMIN)")


def _declared(operation: dict[str, Any]) -> dict[str, Any]:
    """The responses that the route declares, and those that come from what stands before it.

    What the router itself would say of errors is left out: ours are problem documents.
    """
    declared = {
        status: response
        for status, response in operation["responses"].items()
        if not any(f'schemas/{name}"' in json.dumps(response) for name in _REPLACED)
    }
    declared.get("204", {}).pop("content", None)  # there is none, where the router says null
    errors: list[type[ShopError]] = [InternalError]
    for requirement in operation["security"]:
        errors += [Unauthenticated, *([Forbidden] if requirement[SCHEME] else [])]
    for error in errors:
        declared.setdefault(str(int(error.status)), documented_problem(error))
    return dict(sorted(declared.items()))


def _without_null(schema: dict[str, Any]) -> None:
    """Drop the null of an optional parameter: in a URL a value is there or it is not."""
    options = [each for each in schema.get("anyOf", []) if each != {"type": "null"}]
    if len(options) == 1:
        del schema["anyOf"]
        schema.update(options[0])


def _merge(into: dict[str, Any], more: dict[str, Any], kind: str) -> None:
    for name, value in more.items():
        if into.setdefault(name, value) != value:
            raise DocumentError(f"two different {kind}s are called {name!r}")


def _problems() -> str:
    """The rows of the table of problem types: every error that the handlers know."""
    modules = ["shop", *FUNCTIONS]
    rows = {
        f"| `{error.type}` | {error.status} | {error.title} |"
        for error in _below(ShopError)
        if error.__module__ in [f"{module}.errors" for module in modules]
        or error.__module__.startswith("shop.contracts.")
    }
    return "\n".join(sorted(rows))


def _below(error: type[ShopError]) -> Iterator[type[ShopError]]:
    for each in error.__subclasses__():
        yield each
        yield from _below(each)


def _problem_schemas() -> dict[str, Any]:
    _, definitions = models_json_schema(
        [(Problem, "serialization")], ref_template="#/components/schemas/{model}"
    )
    schemas: dict[str, Any] = definitions["$defs"]
    return schemas
