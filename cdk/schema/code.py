"""Where the sources name an index, or could put its name together.

The grants in the template tell what deployed code may query; this finds code that still would. It
knows names that are written out, and those that an f-string puts together for an ``index``:
``f"{partition}-{order}"`` is taken for ``category-price`` when ``category`` and ``price`` stand
somewhere in the same package, even for something else. What is made in other ways (``+``, ``join``)
it does not see.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

ROOT = Path(__file__).resolve().parent.parent.parent
_SHARED = Path("layers", "shared", "python", "shop")


class Mention(NamedTuple):
    """A line, ``functions/products/repository.py:156``, and whether it has the name as it is."""

    place: str
    exact: bool


class _Source(NamedTuple):
    path: Path
    tree: ast.Module


def mentions(index: str, packages: Iterable[str], root: Path = ROOT) -> list[Mention]:
    """Where ``functions/<package>`` and the shared code name ``index``."""
    folders = [*(root / "functions" / package for package in packages), root / _SHARED]
    found = set()
    for folder in folders:
        sources = _sources(folder)
        words = {text for source in sources for _, text in _words(source.tree)}
        for source in sources:
            place = source.path.relative_to(root).as_posix()
            lines = {line: True for line, text in _words(source.tree) if text == index}
            for line, parts in _templates(source.tree):
                if _makes(parts, index, words):
                    lines.setdefault(line, False)
            found |= {Mention(f"{place}:{line}", exact) for line, exact in lines.items()}
    return sorted(found)


@cache
def _sources(folder: Path) -> list[_Source]:
    return [_Source(path, ast.parse(path.read_text())) for path in sorted(folder.rglob("*.py"))]


def _words(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """The strings that are written out, with their lines."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


def _templates(tree: ast.Module) -> Iterator[tuple[int, list[str | None]]]:
    """The f-strings for an index, with their lines; None stands for what is filled in."""
    for value in _index_values(tree):
        for node in ast.walk(value):
            if isinstance(node, ast.JoinedStr):
                yield node.lineno, [_text(each) for each in node.values]


def _index_values(tree: ast.Module) -> Iterator[ast.expr]:
    """What is given to a parameter, a key or a variable that has "index" in its name."""
    for node in ast.walk(tree):
        match node:
            case ast.keyword(arg=str(name), value=value) if _is_index(name):
                yield value
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if _is_index(name):
                yield value
            case ast.Dict(keys=keys, values=values):
                for key, value in zip(keys, values, strict=True):
                    if key and _is_index(_text(key) or ""):
                        yield value


def _is_index(name: str) -> bool:
    return "index" in name.lower()


def _text(node: ast.expr) -> str | None:
    match node:
        case ast.Constant(value=str(text)):
            return text
    return None


def _makes(parts: Sequence[str | None], text: str, words: set[str]) -> bool:
    """Whether ``parts`` can be ``text``, with one of ``words`` for each None."""
    if not parts:
        return not text
    first, rest = parts[0], parts[1:]
    candidates = [first] if first is not None else words
    return any(
        text.startswith(each) and _makes(rest, text[len(each) :], words) for each in candidates
    )
