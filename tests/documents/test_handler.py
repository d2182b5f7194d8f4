"""Health, the API document and its page, and the answer to what no route takes."""

from __future__ import annotations

import base64
import gzip
import json
from http import HTTPMethod
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from documents import handler, static
from tests.events import DEFAULT_ROUTE, http_event

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

API_DOCUMENT = Path(__file__).parents[2] / "docs" / "openapi.json"
PAGE = "<!doctype html><title>Caf\u00e9</title>".encode()


@pytest.fixture(autouse=True)
def _folder_as_deployed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the files beside the code, where the stack puts them."""
    (tmp_path / "openapi.json").write_bytes(API_DOCUMENT.read_bytes())
    (tmp_path / "docs.html").write_bytes(PAGE)
    (tmp_path / "docs.html.gz").write_bytes(gzip.compress(PAGE, mtime=0))
    monkeypatch.setattr(static, "FOLDER", tmp_path)


class Client:
    def __init__(self, context: LambdaContext) -> None:
        self._context = context

    def get(self, path: str, **headers: str) -> dict[str, Any]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return handler.handler(http_event("GET", path, headers=named), self._context)

    def no_route(self, method: str, path: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """What the gateway's catch-all route brings: the answer and its problem document."""
        event = http_event(method, path, route=DEFAULT_ROUTE)
        answer = handler.handler(event, self._context)
        problem = json.loads(answer["body"])
        assert answer["headers"]["Content-Type"] == "application/problem+json"
        assert problem["instance"] == path
        assert problem["requestId"] == event["requestContext"]["requestId"]
        return answer, problem


@pytest.fixture
def client(context: LambdaContext) -> Client:
    return Client(context)


def test_health_is_ok(client: Client) -> None:
    answer = client.get("/health")
    assert answer["statusCode"] == 200
    assert answer["headers"]["Content-Type"] == "application/json"
    assert json.loads(answer["body"]) == {"status": "ok"}


def test_health_needs_no_files(client: Client, tmp_path: Path) -> None:
    for file in tmp_path.iterdir():
        file.unlink()
    assert client.get("/health")["statusCode"] == 200


def test_the_api_document_is_the_committed_one_to_the_byte(client: Client) -> None:
    answer = client.get("/openapi.json", accept_encoding="gzip")
    assert answer["statusCode"] == 200
    assert answer["headers"]["Content-Type"] == "application/json"
    assert answer["headers"]["Cache-Control"] == "public, max-age=300"
    assert answer["isBase64Encoded"] is False
    assert answer["body"].encode() == API_DOCUMENT.read_bytes()


@pytest.mark.parametrize("accepted", ["gzip", "gzip, deflate, br", "br;q=1.0, gzip;q=0.8"])
def test_the_page_comes_compressed_to_who_takes_that(client: Client, accepted: str) -> None:
    answer = client.get("/docs", accept_encoding=accepted)
    assert answer["statusCode"] == 200
    assert answer["headers"]["Content-Type"] == "text/html; charset=utf-8"
    assert answer["headers"]["Content-Encoding"] == "gzip"
    assert answer["headers"]["Vary"] == "Accept-Encoding"
    assert answer["isBase64Encoded"] is True
    assert gzip.decompress(base64.b64decode(answer["body"])) == PAGE


@pytest.mark.parametrize("headers", [{}, {"accept_encoding": "br"}, {"accept_encoding": ""}])
def test_the_page_comes_as_it_is_to_everyone_else(client: Client, headers: dict[str, str]) -> None:
    answer = client.get("/docs", **headers)
    assert answer["statusCode"] == 200
    assert answer["headers"]["Content-Type"] == "text/html; charset=utf-8"
    assert "Content-Encoding" not in answer["headers"]
    assert answer["headers"]["Vary"] == "Accept-Encoding"
    assert base64.b64decode(answer["body"]) == PAGE


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "//",
        "/nothing",
        "/Products",
        "/products/",
        "/products/1/",
        "/products/1/reviews",
        "/products//",
        "/product",
        "/health/",
        "/health/x",
        "/openapi.yaml",
        "/docs/index.html",
        "/{product_id}",
        "/caf\u00e9",
        "/%2e%2e/etc/passwd",
        "/../documents/static/openapi.json",
        "/" + "x" * 5000,
    ],
    ids=lambda path: ascii(path)[:30],
)
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_an_unknown_path_is_404(client: Client, method: str, path: str) -> None:
    answer, problem = client.no_route(method, path)
    assert (answer["statusCode"], problem["type"]) == (404, "route-not-found")
    assert "Allow" not in answer["headers"]


@pytest.mark.parametrize("method", sorted(set(HTTPMethod) - {"GET", "OPTIONS"}))
@pytest.mark.parametrize("path", ["/categories", "/health", "/docs"])
def test_a_wrong_method_on_a_known_path_is_405_and_says_what_is_allowed(
    client: Client, method: str, path: str
) -> None:
    answer, problem = client.no_route(method, path)
    assert (answer["statusCode"], problem["type"]) == (405, "method-not-allowed")
    assert answer["headers"]["Allow"] == "GET"
    assert "GET" in problem["detail"]


def test_all_allowed_methods_are_named_in_order(client: Client, tmp_path: Path) -> None:
    document: dict[str, Any] = {
        "paths": {
            "/carts/{cart_id}": {"put": {}, "delete": {}, "get": {}},
            "/carts/own": {"patch": {}},
        }
    }
    (tmp_path / "openapi.json").write_text(json.dumps(document))
    answer, _ = client.no_route("POST", "/carts/own")
    assert answer["headers"]["Allow"] == "DELETE, GET, PATCH, PUT"


def test_files_are_read_once(client: Client, tmp_path: Path) -> None:
    first = client.get("/docs")
    (tmp_path / "docs.html").unlink()
    assert client.get("/docs") == first


def test_a_file_that_was_not_deployed_is_500(client: Client, tmp_path: Path) -> None:
    (tmp_path / "docs.html").unlink()
    answer = client.get("/docs")
    assert answer["statusCode"] == 500
    assert "docs.html" not in answer["body"]


def test_a_preflight_of_a_known_path_succeeds(context: LambdaContext) -> None:
    """With a catch-all route the gateway sends OPTIONS here, and browsers insist on a 2xx."""
    answer = handler.handler(http_event("OPTIONS", "/products", route=DEFAULT_ROUTE), context)
    assert (answer["statusCode"], answer["headers"]["Allow"]) == (204, "GET, POST")
    assert not answer["body"]


def test_no_other_page_may_frame_the_page(client: Client) -> None:
    headers = client.get("/docs")["headers"]
    assert headers["Content-Security-Policy"] == "frame-ancestors 'none'"
    assert headers["X-Content-Type-Options"] == "nosniff"
