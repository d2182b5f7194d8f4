"""The smoke test of a deployed API: what works is seen to work, and what does not is told."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest
import requests

from ops.deploy.smoke import smoke
from ops.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

API = "https://api.test"
DOCUMENT = (ROOT / "docs" / "openapi.json").read_text()
GOOD = {
    "/health": 200,
    "/categories": 200,
    "/products": 200,
    "/products/0": 404,
    "/users/me": 401,
    "/orders": 401,
    "/addresses": 401,
    "/sessions": 422,
    "/openapi.json": 200,
}


def answer(status: int, text: str = "{}") -> requests.Response:
    made = requests.Response()
    made.status_code = status
    made._content = text.encode()
    return made


class Api:
    """A deployed API: paths whose answers are not ``GOOD``, and how often each was asked."""

    def __init__(self) -> None:
        self.bad: dict[str, list[requests.Response | Exception]] = {}
        self.document = DOCUMENT
        self.asked: list[str] = []
        self.timeouts: set[object] = set()

    def request(self, _method: str, url: str, *, timeout: object, **_: Any) -> requests.Response:
        self.timeouts.add(timeout)
        path = url.removeprefix(API).partition("?")[0]
        self.asked.append(path)
        bad = self.bad.get(path)
        if bad:
            given = bad.pop(0) if len(bad) > 1 else bad[0]
            if isinstance(given, Exception):
                raise given
            return given
        return answer(GOOD[path], self.document if path == "/openapi.json" else "{}")


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Api:
    made = Api()
    monkeypatch.setattr(requests, "request", made.request)
    monkeypatch.setattr(time, "sleep", lambda _: None)
    return made


def wrong(api: Api) -> dict[str, str]:
    return {check.asked: check.wrong for check in smoke(API) if check.wrong}


def test_nothing_is_wrong_with_what_works(api: Api) -> None:
    assert wrong(api) == {}
    assert set(api.asked) == set(GOOD)
    assert None not in api.timeouts


@pytest.mark.parametrize("path", GOOD)
@pytest.mark.parametrize("status", [500, 403])
def test_each_wrong_answer_is_told(api: Api, path: str, status: int) -> None:
    api.bad[path] = [answer(status, "what it said")]
    told = wrong(api)
    assert told
    assert all(f"answers {status}" in each and "what it said" in each for each in told.values())
    assert {each.split()[1].partition("?")[0] for each in told} == {path}


@pytest.mark.parametrize("passing", [requests.ConnectionError("no"), answer(503), answer(500)])
def test_what_passes_is_asked_again(api: Api, passing: requests.Response | Exception) -> None:
    api.bad["/health"] = [passing, passing, answer(200)]
    assert wrong(api) == {}
    assert api.asked.count("/health") == 3


def test_what_is_out_of_reach_is_told_and_not_asked_for_ever(api: Api) -> None:
    api.bad["/health"] = [requests.ConnectionError("no way there")]
    assert wrong(api) == {"GET /health": "no way there"}
    assert api.asked.count("/health") == 5


def remove_a_route(document: dict[str, Any]) -> None:
    del document["paths"]["/orders"]


def remove_a_parameter(document: dict[str, Any]) -> None:
    document["paths"]["/products"]["get"]["parameters"].pop()


@pytest.mark.parametrize("change", [remove_a_route, remove_a_parameter])
def test_another_version_is_noticed(api: Api, change: Callable[[dict[str, Any]], None]) -> None:
    document = json.loads(DOCUMENT)
    change(document)
    api.document = json.dumps(document)
    assert "another document" in wrong(api)["GET /openapi.json"]
