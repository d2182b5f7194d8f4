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
from typing import TYPE_CHECKING, NamedTuple

from aws_cdk import aws_lambda as lambda_
from uv import find_uv_bin

from cdk import build
from cdk.architecture import architecture
from cdk.build import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from constructs import Construct

    from cdk.settings import Settings

LOCK = ROOT / "requirements" / "runtime.txt"
SHARED = ROOT / "layers" / "shared" / "python" / "shop"
LOCAL_WORKER = ROOT / "cdk" / "local_worker"
# The data of botocore that the functions use; the other 400 services are 20 MB of JSON.
_SERVICES = {"dynamodb", "events", "kms", "s3"}
# Dead weight on Lambda: samples, boto3's resource models, the page that cdk/documents.py has made,
# what cffi compiles with, and the look into DNS that we do not have e-mail addresses checked by.
_UNUSED = [
    "bin",
    "boto3/data",
    "boto3/examples",
    "aws_lambda_powertools/event_handler/openapi/swagger_ui",
    "cffi",
    "dns",
    "pycparser",
]
# Lambda's Python 3.13 runs on Amazon Linux 2023, glibc 2.34.
WHEELS = {"arm64": "aarch64-manylinux_2_28", "x86_64": "x86_64-manylinux_2_28"}
_INSTALL_SECONDS = 300


class SharedLayer(NamedTuple):
    """How a function gets the shared code: a layer, or locally just the way to where it was built.

    The emulator would unpack a layer anew for each process of a function: a second and 45 MB.
    """

    layers: Sequence[lambda_.ILayerVersion]
    environment: Mapping[str, str]


def shared_layer(scope: Construct, *, settings: Settings) -> SharedLayer:
    """The shared code for the architecture that the functions have under ``settings``."""
    if settings.local:
        path = [build_layer(None).folder / "python", LOCAL_WORKER]
        return SharedLayer([], {"PYTHONPATH": os.pathsep.join(map(str, path))})
    target = architecture(settings)
    layer = lambda_.LayerVersion(
        scope,
        "SharedLayer",
        code=build_layer(WHEELS[target.name]).code(),
        compatible_runtimes=[lambda_.Runtime.PYTHON_3_13],
        compatible_architectures=[target],
        description="The shop's shared code and its dependencies",
    )
    return SharedLayer([layer], {})


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
