"""The whole stack on the local AWS, in a folder and on a port of its own."""

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import requests
from rich.console import Console

from ops.local import stack as local_stack
from ops.local.folder import LocalFolder
from ops.local.stack import LocalStack, Steps
from ops.paths import ROOT
from ops.seed.load import load_sample
from ops.target import Target
from tests.e2e.accounts import PASSWORD, Account, new_email, register, sign_in

SHOP = str(ROOT / ".venv" / "bin" / "shop")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what shows a shop that nobody has used yet."""
    first = ("test_readme.py", "test_catalogue.py", "test_runbooks.py")
    items.sort(key=lambda item: (*first, item.path.name).index(item.path.name))


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> LocalFolder:
    return LocalFolder(tmp_path_factory.mktemp("local"))


@pytest.fixture(scope="session")
def before_seeding() -> dict[str, requests.Response]:
    """What the stack answered when it was deployed and nothing was loaded yet."""
    return {}


@pytest.fixture(scope="session")
def stack(
    folder: LocalFolder, before_seeding: dict[str, requests.Response]
) -> Iterator[LocalStack]:
    """The deployed and seeded stack."""

    def seed(target: Target) -> None:
        api = Api(f"{target.endpoint_url}/_aws/execute-api/{target.output('ApiId')}")
        before_seeding.update(first_answers(api))
        load_sample(target)

    up = local_stack.bring_up(folder, Steps(Console(quiet=True)), seed=seed, port=0)
    yield up
    up.emulator.stop(folder)


class Api:
    """A client of the API, as a front end would have one."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._session = requests.Session()

    def request(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str | bytes] | None = None,
        *,
        json: Any = None,
        query: dict[str, str] | None = None,
    ) -> requests.Response:
        return self._session.request(
            method, self.url + path, params=query, headers=headers, json=json, timeout=30
        )

    def get(self, path: str, **query: object) -> requests.Response:
        return self.request("GET", path, query={name: str(value) for name, value in query.items()})


def first_answers(api: Api) -> dict[str, requests.Response]:
    """What strangers get to see, and then somebody who registers and signs in; nothing fails."""
    paths = ("/health", "/categories", "/products", "/products?name=a")
    seen = {path: api.get(path) for path in paths}
    password = {"email": new_email(), "password": PASSWORD}
    for path in ("/users", "/sessions"):
        seen[path] = api.request("POST", path, json=password)
    bearer = {"authorization": f"Bearer {seen['/sessions'].json().get('accessToken')}"}
    for path in ("/users/me", "/addresses", "/orders"):
        seen[path] = api.request("GET", path, bearer)
    return seen


@pytest.fixture(scope="session")
def api(stack: LocalStack) -> Api:
    return Api(stack.api_url)


@pytest.fixture(scope="session")
def admin(api: Api, folder: LocalFolder) -> Account:
    """The administrator that the local stack comes with."""
    made = json.loads(folder.outputs.read_text())["admin"]
    return sign_in(api, made["email"], made["password"])


@pytest.fixture
def customer(api: Api) -> Account:
    return register(api)


def shop(folder: Path, *arguments: str) -> "subprocess.Popen[str]":
    """The ``shop`` command as a person would start it, working on ``folder``."""
    return subprocess.Popen(
        [SHOP, *arguments],
        env={**os.environ, "SHOP_LOCAL": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def outputs(folder: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((folder / "outputs.json").read_text())
    return loaded
