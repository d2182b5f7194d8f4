"""The whole stack on the local AWS, in a folder and on a port of its own."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from rich.console import Console

from ops.local import stack as local_stack
from ops.local.folder import LocalFolder
from ops.local.stack import LocalStack, Steps
from ops.paths import ROOT
from ops.seed.load import load_sample

SHOP = str(ROOT / ".venv" / "bin" / "shop")


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> LocalFolder:
    return LocalFolder(tmp_path_factory.mktemp("local"))


@pytest.fixture(scope="session")
def stack(folder: LocalFolder) -> Iterator[LocalStack]:
    """The deployed and seeded stack."""
    up = local_stack.bring_up(folder, Steps(Console(quiet=True)), seed=load_sample, port=0)
    yield up
    up.emulator.stop(folder)


class Api:
    """A client of the API, as a front end would have one."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._session = requests.Session()

    def request(
        self, method: str, path: str, headers: dict[str, str] | None = None, /, **query: object
    ) -> requests.Response:
        return self._session.request(
            method,
            self.url + path,
            params={name: str(value) for name, value in query.items()},
            headers=headers,
            timeout=30,
        )

    def get(self, path: str, **query: object) -> requests.Response:
        return self.request("GET", path, None, **query)


@pytest.fixture(scope="session")
def api(stack: LocalStack) -> Api:
    return Api(stack.api_url)


def shop(folder: Path, *arguments: str) -> "subprocess.Popen[str]":
    """The ``shop`` command as a person would start it, working on ``folder``."""
    return subprocess.Popen(
        [SHOP, *arguments],
        env={**os.environ, "SHOP_LOCAL": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def outputs(folder: Path) -> dict[str, str]:
    loaded: dict[str, str] = json.loads((folder / "outputs.json").read_text())
    return loaded
