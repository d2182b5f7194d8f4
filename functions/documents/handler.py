"""Routes that belong to no context, and the answer to requests that match no route."""

from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError

from documents import routes, static
from documents.models import Health
from shop.errors import MethodNotAllowed, RouteNotFound
from shop.http import JSON, create_api, documented, entrypoint
from shop.identity import PUBLIC

api = create_api()
handler = entrypoint(api)

_CACHE_CONTROL = "public, max-age=300"
# What a page cannot say of itself: that no other page may put it into a frame.
_PAGE_HEADERS = {
    "Cache-Control": _CACHE_CONTROL,
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Vary": "Accept-Encoding",
    "X-Content-Type-Options": "nosniff",
}


@api.get(
    "/health",
    operation_id="health",
    summary="Whether the API answers",
    openapi_extensions=PUBLIC,
    responses=documented("It does"),
)
def health() -> Health:
    return Health()


@api.get(
    "/openapi.json",
    operation_id="openapi",
    summary="This document",
    openapi_extensions=PUBLIC,
    responses=documented("OpenAPI 3.1", content={JSON: {"type": "object"}}),
)
def openapi() -> Response[str]:
    return Response(
        200,
        content_type=JSON,
        body=static.read("openapi.json").decode(),
        headers={"Cache-Control": _CACHE_CONTROL},
    )


@api.get(
    "/docs",
    operation_id="docs",
    summary="The whole API on one page, to read and to try",
    openapi_extensions=PUBLIC,
    responses=documented("A web page", content={"text/html": {"type": "string"}}),
    enable_validation=False,  # which would take the bytes for text
)
def docs() -> Response[bytes]:
    accepted = api.current_event.headers.get("accept-encoding", "")
    encoding = {"Content-Encoding": "gzip"} if "gzip" in accepted else {}
    return Response(
        200,
        content_type="text/html; charset=utf-8",
        body=static.read("docs.html.gz" if encoding else "docs.html"),
        headers={**_PAGE_HEADERS, **encoding},
    )


def unknown_route(_: NotFoundError) -> Response[str]:
    """What the gateway's catch-all route brings here: a wrong path, or a wrong method on a path."""
    event = api.current_event
    methods = routes.methods_of(static.paths(), event.path)
    if methods:
        allowed = ", ".join(methods)
        if event.http_method == "OPTIONS":  # a preflight: the gateway adds what CORS needs
            return Response(HTTPStatus.NO_CONTENT, headers={"Allow": allowed})
        raise MethodNotAllowed(f"This path takes {allowed}.", headers={"Allow": allowed})
    raise RouteNotFound("See /docs for the routes that there are.")


api.not_found(unknown_route)
