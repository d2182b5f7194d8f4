"""Whether a deployed API works: asked as a stranger would, and nothing is left behind."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any, NamedTuple

import requests

from ops.paths import ROOT
from shop.retry import full_jitter

if TYPE_CHECKING:
    from collections.abc import Iterator

_ATTEMPTS = 5
_SECONDS = 15
# Not worth asking again for: the API has answered, and that is its answer.
_FINAL = range(200, 429)


class Check(NamedTuple):
    """``wrong`` says in a sentence what is; empty when it works."""

    asked: str
    wrong: str


def smoke(api_url: str) -> Iterator[Check]:
    """One check after the other, each as soon as it is done."""
    for method, path, status in (
        ("GET", "/health", 200),
        ("GET", "/categories", 200),
        ("GET", "/products?limit=1", 200),
        ("GET", "/products?name=a&limit=1", 200),
        ("GET", "/products/0", 404),
        ("GET", "/users/me", 401),
        ("GET", "/orders", 401),
        ("GET", "/addresses", 401),
        ("POST", "/sessions", 422),
    ):
        answer = _answer(method, api_url + path)
        yield Check(f"{method} {path}", _wrong(answer, status))
    yield Check("GET /openapi.json", _other_document(_answer("GET", f"{api_url}/openapi.json")))


def _answer(method: str, url: str) -> requests.Response | str:
    """The first answer that is the API's own, or else what went wrong the last time."""
    last: requests.Response | str = "it was never asked"
    body: dict[str, str] | None = {} if method == "POST" else None
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            last = requests.request(method, url, json=body, timeout=_SECONDS)
            if last.status_code in _FINAL:
                return last
        except requests.RequestException as error:
            last = str(error)
        time.sleep(full_jitter(attempt, first=0.5, most=5))
    return last


def _wrong(answer: requests.Response | str, status: int) -> str:
    if isinstance(answer, str):
        return answer
    if answer.status_code != status:
        return f"answers {answer.status_code} instead of {status}: {answer.text[:200]}"
    return ""


def _other_document(answer: requests.Response | str) -> str:
    """Whether the routes that are deployed are those of the checkout."""
    wrong = _wrong(answer, 200)
    if wrong or isinstance(answer, str):
        return wrong
    ours: dict[str, Any] = json.loads((ROOT / "docs" / "openapi.json").read_text())
    theirs = answer.json()
    if theirs.get("paths") != ours["paths"]:
        return "it is another document than the one of this checkout"
    return ""
