"""The shared layer: ``shop`` and the locked third-party packages, built without Docker.

The packages are installed once per lock and architecture, the layer once per content.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from aws_cdk import aws_lambda as lambda_
from uv import find_uv_bin

from cdk import build
from cdk.build import ROOT
from cdk.function import architecture

if TYPE_CHECKING:
    from constructs import Construct

    from cdk.settings import Settings

LOCK = ROOT / "requirements" / "runtime.txt"
SHARED = ROOT / "layers" / "shared" / "python" / "shop"
# The data of botocore that the functions use; the other 400 services are 20 MB of JSON.
_SERVICES = {"dynamodb"}
# Dead weight on Lambda: samples, boto3's resource models, the page that cdk/documents.py has made.
_UNUSED = [
    "bin",
    "boto3/data",
    "boto3/examples",
    "aws_lambda_powertools/event_handler/openapi/swagger_ui",
]
# Lambda's Python 3.13 runs on Amazon Linux 2023, glibc 2.34.
WHEELS = {"arm64": "aarch64-manylinux_2_28", "x86_64": "x86_64-manylinux_2_28"}
_INSTALL_SECONDS = 300


def shared_layer(scope: Construct, *, settings: Settings) -> lambda_.LayerVersion:
    """The layer for the architecture that the functions have under ``settings``."""
    target = architecture(settings)
    return lambda_.LayerVersion(
        scope,
        "SharedLayer",
        code=build_layer(None if settings.local else WHEELS[target.name]).code(),
        compatible_runtimes=[lambda_.Runtime.PYTHON_3_13],
        compatible_architectures=[target],
        description="The shop's shared code and its dependencies",
    )


def build_layer(wheels: str | None) -> build.Asset:
    """The layer with ``wheels`` for that platform, or for this very machine when None."""
    name = wheels or f"{platform.system()}-{platform.machine()}".lower()
    how = [Path(__file__), Path(build.__file__)]
    packages_hash = build.digest([LOCK, *how], name)
    packages = build.once(f"packages/{name}-{packages_hash}", partial(_install, wheels))
    content = build.digest([SHARED], packages_hash)
    folder = build.once(f"layer/{name}-{content}", partial(_assemble, packages))
    return build.Asset(folder, content)


def _install(wheels: str | None, folder: Path) -> None:
    platform_option = ["--python-platform", wheels] if wheels else []
    command = [find_uv_bin(), "pip", "install", "--quiet", "--require-hashes", "--no-deps"]
    subprocess.run(
        [
            *command,
            "--only-binary=:all:",
            *platform_option,
            f"--python={sys.executable}",
            f"--target={folder}",
            f"--requirements={LOCK}",
        ],
        check=True,
        timeout=_INSTALL_SECONDS,
        env={**os.environ, "UV_COMPILE_BYTECODE": "0", "UV_SYSTEM_CERTS": "1"},
    )
    for unused in _UNUSED:
        shutil.rmtree(folder / unused)
    for data in (folder / "botocore" / "data").iterdir():
        if data.is_dir() and data.name not in _SERVICES:
            shutil.rmtree(data)
    build.compile_bytecode(folder, folder, "/opt/python")


def _assemble(packages: Path, folder: Path) -> None:
    python = folder / "python"  # where Lambda looks in a layer
    shutil.copytree(packages, python, copy_function=os.link)
    build.copy_package(SHARED, python / "shop")
    build.compile_bytecode(python / "shop", python, "/opt/python")
