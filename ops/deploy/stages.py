"""Where a stage is deployed to: an account of AWS, or the local stack."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Protocol

from ops import processes
from ops.errors import OperationError
from ops.local import deployment, emulator, gaps
from ops.local import stack as local_stack
from ops.local.folder import LocalFolder, emulator_variables, target_at
from ops.paths import LOCAL, ROOT
from ops.target import LOCAL_STACK, Target, find_target

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import Console

type Settings = Mapping[str, str]
"""Of the CDK's context, by name: ``shop:corsOrigins``."""


class Stage(Protocol):
    """A stage as deploying it needs it. ``more`` are settings of one deployment only."""

    stack: str
    local: bool

    def settings(self) -> Sequence[str]:
        """As the CDK's command line takes them."""

    def target(self) -> Target:
        """The stack once it is deployed."""

    def api_url(self) -> str: ...

    def diff(self, more: Settings) -> None:
        """Show what would change. Raises OperationError when that could not be found out."""

    def deploy(self, more: Settings) -> None:
        """Raises OperationError when it failed; CloudFormation has taken it back then."""


class AccountStage:
    """A stage in the account of AWS whose credentials are at hand."""

    local = False

    def __init__(self, name: str, region: str | None, settings: Settings) -> None:
        self.stack = f"shop-{name}"
        self._region = region
        self._settings = {"shop:stage": name, **settings}

    def settings(self) -> Sequence[str]:
        return _as_arguments(self._settings)

    def target(self) -> Target:
        return find_target(self.stack, self._region)

    def api_url(self) -> str:
        return self.target().output("ApiUrl")

    def diff(self, more: Settings) -> None:
        self._cdk("diff", [], more)

    def deploy(self, more: Settings) -> None:
        # It was shown and confirmed before.
        self._cdk("deploy", ["--require-approval", "never"], more)

    def _cdk(self, verb: str, options: Sequence[str], more: Settings) -> None:
        region = {"AWS_REGION": self._region} if self._region else {}
        # What was planned against the stack itself is not held against the baseline again.
        planned = {**self._settings, **more, "shop:planned": self.stack}
        context = [f"--context={each}" for each in _as_arguments(planned)]
        processes.show(
            [*deployment.CDK_COMMAND, verb, *options, *context],
            what=f"cdk {verb}",
            env={**os.environ, **deployment.tool_variables(), **region},
            cwd=ROOT,
        )


class LocalStage:
    """The running local stack."""

    local = True
    stack = LOCAL_STACK

    def __init__(self, settings: Settings, console: Console) -> None:
        self._settings = settings
        self._console = console
        self._folder = LocalFolder(LOCAL)
        running = emulator.find_running(self._folder)
        if not running:
            raise OperationError("The local stack is not running; start it with: make run")
        self._running = running
        self._synthesized: Settings = {}

    def settings(self) -> Sequence[str]:
        return _as_arguments(self._settings)

    def target(self) -> Target:
        return target_at(self._running.endpoint_url)

    def api_url(self) -> str:
        return local_stack.find(self._running).api_url

    def diff(self, more: Settings) -> None:
        self._synthesize(more)
        assembly = str(self._folder.assembly)
        processes.show(
            [*deployment.CDK_COMMAND, "diff", "--app", assembly, "--method=template", "--no-color"],
            what="cdk diff",
            env={
                **processes.clean_environment(),
                **deployment.tool_variables(),
                **emulator_variables(self._running.endpoint_url),
                "TMPDIR": str(self._folder.scratch),
            },
            cwd=ROOT,
        )

    def deploy(self, more: Settings) -> None:
        self._synthesize(more)
        deployment.deploy(self._folder, self._running.endpoint_url)
        gaps.apply(self._folder.template(), self.target())

    def _synthesize(self, more: Settings) -> None:
        port = {"shop:localPort": str(self._running.port)}
        wanted = {**port, **self._settings, **more}
        if wanted != self._synthesized:
            deployment.synthesize(self._folder, wanted)
            self._synthesized = wanted


def _as_arguments(settings: Settings) -> list[str]:
    return [f"{name}={value}" for name, value in settings.items()]
