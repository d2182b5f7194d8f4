"""What every client meets before it meets a context: errors, CORS, documents, logs."""

import json

import pytest
import requests

from ops.local import logs
from ops.local.stack import LocalStack
from ops.openapi import DOCUMENT
from tests.e2e.conftest import Api

pytestmark = pytest.mark.e2e

ORIGIN = "http://localhost:3000"


@pytest.mark.parametrize(
    ("method", "path", "status", "kind"),
    [
        ("GET", "/nothing/here", 404, "route-not-found"),
        ("GET", "/products/unknown", 404, "not-found"),
        ("GET", "/products/" + "0" * 32, 404, "not-found"),
        ("GET", "/products/%22%3E%3Cscript%3E", 404, "not-found"),
        ("GET", "/products/%C3%A9%F0%9F%8E%81", 404, "not-found"),
        ("GET", "/products/" + "a" * 5000, 404, "not-found"),
        ("PUT", "/products", 405, "method-not-allowed"),
        ("POST", "/products/unknown", 405, "method-not-allowed"),
        ("PUT", "/health", 405, "method-not-allowed"),
        ("GET", "/products?limit=0", 422, "validation-failed"),
        ("GET", "/products?limit=101", 422, "validation-failed"),
        ("GET", "/products?limit=ten", 422, "validation-failed"),
        ("GET", "/products?limit=1&limit=2", 422, "validation-failed"),
        ("GET", "/products?sort=cheapest", 422, "validation-failed"),
        ("GET", "/products?category=", 422, "validation-failed"),
        ("GET", "/products?category=" + "c" * 256, 422, "validation-failed"),
        ("GET", "/products?cursor=", 400, "invalid-cursor"),
        ("GET", "/products?cursor=AAAA", 400, "invalid-cursor"),
        ("GET", "/products?cursor=%00%F0", 400, "invalid-cursor"),
    ],
)
def test_every_error_is_a_problem_document(
    api: Api, method: str, path: str, status: int, kind: str
) -> None:
    answer = api.request(method, path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["type"] == kind
    assert problem["status"] == status
    assert {"title", "detail", "instance", "requestId"} <= problem.keys()
    assert ("errors" in problem) == (status == 422)


def test_a_wrong_method_is_told_the_right_ones(api: Api) -> None:
    assert api.request("PATCH", "/products").headers["allow"] == "GET, POST"


def test_a_cursor_works_for_its_own_list_only(api: Api) -> None:
    cursor = api.get("/products", sort="price", limit=1).json()["nextCursor"]
    assert api.get("/products", sort="price", cursor=cursor).status_code == 200
    for other in ({"sort": "-price"}, {"sort": "newest"}, {"sort": "price", "category": "Garden"}):
        answer = api.get("/products", cursor=cursor, **other)
        assert (answer.status_code, answer.json()["type"]) == (400, "invalid-cursor")


def test_the_document_is_the_committed_one(api: Api) -> None:
    assert api.get("/openapi.json").json() == json.loads(DOCUMENT.read_text())


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_the_page_needs_no_other_host(api: Api, encoding: str) -> None:
    answer = api.request("GET", "/docs", {"accept-encoding": encoding})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers.get("content-encoding", "identity") == encoding
    assert 'src="http' not in answer.text
    assert "default-src 'none'" in answer.text


def test_front_ends_of_configured_origins_may_call(api: Api) -> None:
    preflight = requests.options(
        f"{api.url}/products",
        headers={"origin": ORIGIN, "access-control-request-method": "GET"},
        timeout=30,
    )
    assert preflight.headers["access-control-allow-origin"] == ORIGIN
    answer = api.request("GET", "/products", {"origin": ORIGIN})
    assert answer.headers["access-control-allow-origin"] == ORIGIN


def test_a_request_leaves_one_line_without_what_it_asked_for(api: Api, stack: LocalStack) -> None:
    canary = "canary-in-the-coal-mine"
    before = len(list(logs.lines(stack.target, follow=False)))
    api.get("/products", category=canary)
    written = list(logs.lines(stack.target, follow=False))[before:]
    (line,) = [json.loads(each) for each in written]
    assert line["route"] == "GET /products"
    assert line["status"] == 200
    assert {"method", "duration_ms", "request_id", "service"} <= line.keys()
    assert canary not in "".join(written)
