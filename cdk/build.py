"""Folders under .build that are made from sources, once per content, and then kept."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / ".build"


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
