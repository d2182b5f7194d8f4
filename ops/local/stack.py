"""The local stack from nothing to ready, step by step."""

from __future__ import annotations

import json
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import requests
from rich.markup import escape

from ops.errors import OperationError
from ops.local import admin, deployment, emulator, gaps
from ops.local.folder import target_at
from ops.migrate.apply import bring_along

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from rich.console import Console

    from ops.local.emulator import Emulator
    from ops.local.folder import LocalFolder
    from ops.target import Target


@dataclass(frozen=True)
class LocalStack:
    """A local stack that is up: its process, its address, and the way to its resources."""

    emulator: Emulator
    api_url: str
    target: Target


class Steps:
    """Shows what is being done and how long it took."""

    def __init__(self, console: Console) -> None:
        self._console = console

    @contextmanager
    def step(self, doing: str, done: str) -> Iterator[None]:
        started = time.monotonic()
        with self._console.status(doing):
            yield
        self._console.print(f"[green]✓[/] {done} [dim]({time.monotonic() - started:.1f} s)[/]")

    def warn(self, text: str) -> None:
        self._console.print(f"[yellow]![/] {text}")


def bring_up(
    folder: LocalFolder,
    steps: Steps,
    *,
    seed: Callable[[Target], object],
    port: int | None = None,
) -> LocalStack:
    """Start the emulator on ``folder``, deploy, check and seed; the emulator ends when that fails.

    Raises OperationError with the reason and where to read on.
    """
    first = not folder.saved
    with steps.step("Starting the local AWS", "Local AWS started"):
        running = emulator.start(folder, port)
    try:
        folder.deploy_log.write_bytes(b"")
        deploy(folder, running, steps)
        stack = find(running)
        with steps.step("Migrating the items", "Items migrated"):
            warning = bring_along(stack.target)
        if warning:
            steps.warn(escape(warning))
        with steps.step("Seeding the catalogue", "Catalogue seeded"):
            seed(stack.target)
        with steps.step("Making an administrator", "Administrator made"):
            made = admin.make(folder, stack)
        _write_outputs(folder, stack, made)
    except BaseException:
        running.stop(folder)
        if first:
            folder.erase_data()  # half a deployment, on which no later one could stand
        raise
    return stack


def deploy(
    folder: LocalFolder,
    running: Emulator,
    steps: Steps,
    settings: Mapping[str, str] | None = None,
) -> None:
    """Synthesize and deploy the checkout as it is now, with further ``settings``."""
    with steps.step("Synthesizing the stack", "Stack synthesized"):
        port = {"shop:localPort": str(running.port)}
        deployment.synthesize(folder, port | dict(settings or {}))
    with steps.step("Deploying the stack", "Stack deployed"):
        deployment.bootstrap(folder, running.endpoint_url)
        deployment.deploy(folder, running.endpoint_url)
        gaps.apply(folder.template(), target_at(running.endpoint_url))
    with steps.step("Asking the API", "API answers"):
        _check(find(running).api_url, folder)


def find(running: Emulator) -> LocalStack:
    """The stack that is deployed in ``running``."""
    target = target_at(running.endpoint_url)
    api_url = f"{running.endpoint_url}/_aws/execute-api/{target.output('ApiId')}"
    return LocalStack(running, api_url, target)


def _check(api_url: str, folder: LocalFolder) -> None:
    for path in ("/health", "/categories"):
        answer = requests.get(api_url + path, timeout=30)
        if not answer.ok:
            raise OperationError(
                f"It is deployed, but GET {path} answers {answer.status_code}: {answer.text}\n"
                f"The emulator's log: {folder.emulator_log}"
            )


def _write_outputs(folder: LocalFolder, stack: LocalStack, made: dict[str, str]) -> None:
    outputs = {
        "apiUrl": stack.api_url,
        "endpointUrl": stack.emulator.endpoint_url,
        "admin": made,
    }
    half = folder.outputs.with_suffix(".tmp")
    half.touch(mode=0o600)
    half.write_text(json.dumps(outputs, indent=2) + "\n")
    half.replace(folder.outputs)
