"""Folders under .build that are made from sources, once per content, and then kept.

Bytecode in them is ``unchecked-hash``: ordinary .pyc files carry their source's time, which zipping
loses, and Python would then compile everything again at each cold start.
"""

from __future__ import annotations

import compileall
import hashlib
import py_compile
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from aws_cdk import AssetHashType
from aws_cdk import aws_lambda as lambda_

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / ".build"


class BuildError(Exception):
    """A sentence that names what could not be built."""


class Asset(NamedTuple):
    """A folder to deploy, and a hash of all that went into it."""

    folder: Path
    content: str

    def code(self) -> lambda_.AssetCode:
        return lambda_.Code.from_asset(
            str(self.folder), asset_hash=self.content, asset_hash_type=AssetHashType.CUSTOM
        )


def function(
    package: str, *, also: Iterable[Path] = (), finish: Callable[[Path], None] = lambda _: None
) -> Asset:
    """``functions/<package>`` to deploy; ``finish`` adds to it what it makes of ``also``."""
    source = ROOT / "functions" / package
    content = digest([source, Path(__file__), *also])

    def fill(folder: Path) -> None:
        copy_package(source, folder / package)
        finish(folder / package)
        compile_bytecode(folder / package, folder, "/var/task")

    return Asset(once(f"functions/{package}-{content}", fill), content)


def digest(sources: Iterable[Path], *also: str) -> str:
    """A short hash over the files at and below ``sources``, their relative names, and ``also``."""
    content = hashlib.sha256("\0".join(also).encode())
    for source in sources:
        for path in sorted(source.rglob("*")) if source.is_dir() else [source]:
            if path.is_file() and "__pycache__" not in path.parts:
                name = path.relative_to(source.parent).as_posix()
                content.update(
                    f"\0{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}".encode()
                )
    return content.hexdigest()[:20]


def once(name: str, fill: Callable[[Path], None]) -> Path:
    """The folder ``name`` under .build, filled by ``fill`` if it is not there yet.

    It appears whole or not at all: a build that was cut off leaves nothing that looks like one.
    """
    target = BUILD / name
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        workshop = tempfile.TemporaryDirectory(dir=target.parent, ignore_cleanup_errors=True)
        with workshop as folder:
            made = target.parent / folder / "made"
            made.mkdir()
            fill(made)
            try:
                made.rename(target)
            except OSError:  # another process was faster; what it made is the same
                if not target.exists():
                    raise
    return target


def copy_package(source: Path, target: Path) -> None:
    """Copy a Python package without what interpreters left in it."""
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))


def compile_bytecode(source: Path, root: Path, deployed_root: str) -> None:
    """Compile all modules below ``source``; tracebacks name them below ``deployed_root``."""
    compiled = compileall.compile_dir(
        source,
        quiet=2,
        stripdir=root,
        prependdir=deployed_root,
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
    )
    if not compiled:
        raise BuildError(_syntax_error(source, root))


def _syntax_error(source: Path, root: Path) -> str:
    for module in sorted(source.rglob("*.py")):
        name = module.relative_to(root)
        try:
            compile(module.read_bytes(), name, "exec")
        except SyntaxError as error:
            return f"{name}, line {error.lineno}: {error.msg}"
    return f"{source} could not be compiled"
