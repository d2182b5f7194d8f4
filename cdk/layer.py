"""The shared layer: ``shop`` and the locked third-party packages, built without Docker.

The packages are installed once per lock and architecture, the layer once per content. Bytecode is
compiled ``unchecked-hash``: ordinary .pyc files carry the source's time, which zipping loses, and
a stale .pyc doubles the cold start.
"""

from __future__ import annotations

import compileall
import os
import platform
import py_compile
import shutil
import subprocess
import sys
from functools import partial
from typing import TYPE_CHECKING

from aws_cdk import AssetHashType
from aws_cdk import aws_lambda as lambda_
from uv import find_uv_bin

from cdk import build
from cdk.build import ROOT
from cdk.function import architecture

if TYPE_CHECKING:
    from pathlib import Path

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
_WHEELS = {"arm64": "aarch64-manylinux_2_28", "x86_64": "x86_64-manylinux_2_28"}


def shared_layer(scope: Construct, *, settings: Settings) -> lambda_.LayerVersion:
    """The layer for the architecture that the functions have under ``settings``."""
    target = architecture(settings)
    folder, content = build_layer(None if settings.local else _WHEELS[target.name])
    return lambda_.LayerVersion(
        scope,
        "SharedLayer",
        code=lambda_.Code.from_asset(
            str(folder), asset_hash=content, asset_hash_type=AssetHashType.CUSTOM
        ),
        compatible_runtimes=[lambda_.Runtime.PYTHON_3_13],
        compatible_architectures=[target],
        description="The shop's shared code and its dependencies",
    )


def build_layer(wheels: str | None) -> tuple[Path, str]:
    """The layer's folder and a hash of its content; ``wheels`` None means this machine's own."""
    name = wheels or f"{platform.system()}-{platform.machine()}".lower()
    how = build.digest([ROOT / "cdk" / "layer.py"], name)
    packages_hash = build.digest([LOCK], how)
    packages = build.once(f"packages/{name}-{packages_hash}", partial(_install, wheels))
    content = build.digest([SHARED], packages_hash)
    return build.once(f"layer/{name}-{content}", partial(_assemble, packages)), content


def _install(wheels: str | None, folder: Path) -> None:
    platform_option = ["--python-platform", wheels] if wheels else []
    command = [find_uv_bin(), "pip", "install", "--quiet", "--require-hashes", "--no-deps"]
    subprocess.run(  # noqa: S603  (our own words)
        [
            *command,
            "--only-binary=:all:",
            *platform_option,
            f"--python={sys.executable}",
            f"--target={folder}",
            f"--requirements={LOCK}",
        ],
        check=True,
        env={**os.environ, "UV_COMPILE_BYTECODE": "0"},
    )
    for unused in _UNUSED:
        shutil.rmtree(folder / unused)
    for data in (folder / "botocore" / "data").iterdir():
        if data.is_dir() and data.name not in _SERVICES:
            shutil.rmtree(data)
    _compile(folder, folder)


def _assemble(packages: Path, folder: Path) -> None:
    python = folder / "python"  # where Lambda looks in a layer
    shutil.copytree(packages, python, copy_function=os.link)
    build.copy_package(SHARED, python / "shop")
    _compile(python / "shop", python)


def _compile(source: Path, root: Path) -> None:
    compiled = compileall.compile_dir(
        source,
        quiet=1,
        stripdir=root,
        prependdir="/opt/python",
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
    )
    if not compiled:
        raise RuntimeError(f"could not compile {source}")
