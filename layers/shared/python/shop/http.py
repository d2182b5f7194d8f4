"""HTTP as the handlers use it: routes, problem documents, one log line a request.

A context's handler makes its routes with ``create_api`` and its Lambda entry with ``entrypoint``.
"""

import json
import time
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from functools import partial
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.middlewares import NextMiddleware
from aws_lambda_powertools.event_handler.middlewares.openapi_validation import (
    OpenAPIRequestValidationMiddleware,
)
from aws_lambda_powertools.event_handler.openapi.exceptions import (
    RequestValidationError,
    ResponseValidationError,
)
from aws_lambda_powertools.event_handler.types import EventHandlerInstance
from aws_lambda_powertools.utilities.typing import LambdaContext

from shop import deadline, events, identity
from shop.errors import (
    InternalError,
    MalformedJson,
    NotFound,
    ShopError,
    UnsupportedMediaType,
    ValidationFailed,
)
from shop.identity import PUBLIC
from shop.observability import logger

type Event = dict[str, Any]
type Answer = dict[str, Any]
type Entrypoint = Callable[[Event, LambdaContext], Answer]

JSON = "application/json"
PROBLEM_JSON = "application/problem+json"

# A body of nothing but mistakes must not make an answer that is too large for Lambda (6 MB).
_MOST_ERRORS = 100
_LONGEST_NAME = 100


def create_api() -> APIGatewayHttpResolver:
    """A router that validates by type and answers every error as a problem document."""
    api = APIGatewayHttpResolver(
        enable_validation=True,
        # An answer of ours that breaks its own model is our fault, not the client's.
        response_validation_error_http_code=HTTPStatus.INTERNAL_SERVER_ERROR,
        json_body_deserializer=parse_json,
    )
    # The router offers no way to choose how bodies are read; its version is pinned, and
    # tests/shop/test_http_requests.py goes red should this no longer take effect.
    validation = _Requests()  # type: ignore[no-untyped-call]  # the library's gap
    api._request_validation_middleware = validation  # noqa: SLF001  (as said)
    api.exception_handler(ShopError)(partial(_problem, api))
    api.exception_handler(RequestValidationError)(
        lambda error: _problem(api, _validation_failed(error))
    )
    api.exception_handler([ResponseValidationError, Exception])(
        lambda error: _problem(api, _unexpected(error))
    )
    api.exception_handler(NotFoundError)(
        lambda _: _problem(api, NotFound("There is nothing at this path."))
    )
    return api


def entrypoint(
    api: APIGatewayHttpResolver, consumers: Mapping[str, events.Consumer] | None = None
) -> Entrypoint:
    """The Lambda handler of ``api``, and of the context's own events.

    ``consumers`` are by source (``shop.events``). A request is answered, then logged in one line
    without body or query.
    """

    def handle(event: Event, context: LambdaContext) -> Answer:
        deadline.begin(context.get_remaining_time_in_millis() / 1000)
        source = events.source(event)
        if source is None:
            return _answer(api, event, context)
        events.consume((consumers or {})[source], event, context)
        return {}

    return handle


def _answer(api: APIGatewayHttpResolver, event: Event, context: LambdaContext) -> Answer:
    started = time.perf_counter()
    request = event["requestContext"]
    logger().append_keys(
        request_id=request["requestId"], function_request_id=context.aws_request_id
    )
    answer = api.resolve(event, context)
    answer["body"] = answer.get("body") or ""  # null is not what every gateway takes for nothing
    logger().info(
        "request",
        method=request["http"]["method"],
        route=event["routeKey"],
        status=answer["statusCode"],
        duration_ms=round((time.perf_counter() - started) * 1000, 1),
    )
    return answer


def documented(
    description: str,
    *errors: type[ShopError],
    status: HTTPStatus = HTTPStatus.OK,
    also: Mapping[HTTPStatus, str] | None = None,
    headers: Mapping[str, str] | None = None,
    content: Mapping[str, Any] | None = None,
) -> dict[int, Any]:
    """The ``responses`` of an operation: its success and its ``errors``.

    ``also`` are descriptions, by status, of other successes that answer the same. ``headers`` are
    descriptions by name; ``content`` is JSON schemas by media type, needed only where the return
    type does not tell.
    """
    successes = {status: description} | dict(also or {})
    by_status: dict[int, list[type[ShopError]]] = {}
    for error in errors:
        by_status.setdefault(int(error.status), []).append(error)
    return {int(code): _success(text, headers, content) for code, text in successes.items()} | {
        code: documented_problem(*by_status[code]) for code in sorted(by_status)
    }


def _success(
    description: str, headers: Mapping[str, str] | None, content: Mapping[str, Any] | None
) -> dict[str, Any]:
    success: dict[str, Any] = {"description": description}
    if headers:
        success["headers"] = {
            name: {"description": text, "schema": {"type": "string"}}
            for name, text in headers.items()
        }
    if content:
        success["content"] = {media: {"schema": schema} for media, schema in content.items()}
    return success


def documented_problem(*errors: type[ShopError]) -> dict[str, Any]:
    """The response of an operation that answers ``errors``, all of one status."""
    content = {
        "schema": {"$ref": "#/components/schemas/Problem"},
        "examples": {error.type: {"value": _example(error)} for error in errors},
    }
    return {
        "description": "; ".join(f"`{error.type}`: {error.title}" for error in errors),
        "content": {PROBLEM_JSON: content},
    }


def _example(error: type[ShopError]) -> dict[str, Any]:
    example: dict[str, Any] = {
        "type": error.type,
        "title": error.title,
        "status": int(error.status),
        "detail": "What about this request was wrong.",
        "instance": "/the/path",
        "requestId": "JKJaXmPLvHcESHA=",
    }
    if issubclass(error, ValidationFailed):
        example["errors"] = [{"loc": ["query", "limit"], "msg": "Input should be at least 1"}]
    return example


def parse_json(text: str) -> Any:
    """JSON with exact numbers. Raises MalformedJson, also for NaN and absurd nesting."""
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_refuse)
    except (ValueError, InvalidOperation, RecursionError) as error:
        raise MalformedJson("The body could not be read as JSON.") from error


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


class _Requests(OpenAPIRequestValidationMiddleware):
    """Asks who calls before it looks at what was sent, and takes bodies in JSON only."""

    def handler(self, app: EventHandlerInstance, next_middleware: NextMiddleware) -> Response[Any]:
        # Only the answer to unknown routes declares nothing; ops.openapi sees to all others.
        security = (app.context["_route"].openapi_extensions or PUBLIC)["security"]
        identity.require(security, app.current_event.raw_event)
        return super().handler(app, next_middleware)

    def _get_body(self, app: EventHandlerInstance) -> Any:
        content_type = app.current_event.headers.get("content-type", JSON)
        if content_type.partition(";")[0].strip().lower() != JSON:
            raise UnsupportedMediaType(f"Send {JSON}.")
        try:
            body = app.current_event.json_body
        except ValueError as error:
            raise MalformedJson("The body is not UTF-8.") from error
        # The router would take the first of a list, pydantic fields from a number's attributes.
        if not isinstance(body, dict | None):
            message = "Input should be an object"
            raise ValidationFailed(
                f"body: {message}", extensions={"errors": [{"loc": ["body"], "msg": message}]}
            )
        return body


def _problem(api: APIGatewayHttpResolver, error: ShopError) -> Response[str]:
    event = api.current_event
    document = {
        "type": error.type,
        "title": error.title,
        "status": int(error.status),
        "detail": error.detail,
        "instance": event.path,
        "requestId": event["requestContext"]["requestId"],
        **error.extensions,
    }
    return Response(
        status_code=int(error.status),
        content_type=PROBLEM_JSON,
        headers=dict(error.headers),
        body=json.dumps(document, separators=(",", ":")),
    )


def _validation_failed(error: RequestValidationError) -> ValidationFailed:
    errors = error.errors()
    shown = [
        {"loc": [_short(part) for part in each["loc"]], "msg": _message(each)}
        for each in errors[:_MOST_ERRORS]
    ]
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    first = f"{'.'.join(map(str, shown[0]['loc']))}: {shown[0]['msg']}"
    return ValidationFailed(first + more, extensions={"errors": shown})


def _message(error: Mapping[str, Any]) -> str:
    # A regular expression helps no one; the API's page shows it to those who want it.
    if error["type"] == "string_pattern_mismatch":
        return "Value is empty or has characters that are not allowed here"
    return str(error["msg"])


def _short(part: str | int) -> str | int:
    return part[:_LONGEST_NAME] if isinstance(part, str) else part


def _unexpected(error: Exception) -> InternalError:
    logger().exception("unexpected error", exc_info=error)
    return InternalError("It was logged; quote the requestId when you report it.")
