"""Rows of a CSV file as text by column, and what is wrong with those that have no such reading."""

from __future__ import annotations

import csv
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from ops.errors import OperationError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


class Columns(NamedTuple):
    """What a header must and what it may name, in any order."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()


class Problem(NamedTuple):
    """A bad row: where its record starts, and all that is wrong with it."""

    file: Path
    line: int
    reasons: Sequence[str]

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {'; '.join(self.reasons)}"


class Row(NamedTuple):
    """A readable row: where its record starts, and its cells without those that are empty."""

    line: int
    cells: dict[str, str]


class _Record(NamedTuple):
    line: int
    cells: list[str]
    reasons: Sequence[str] = ()
    """Why the record cannot be read, if it cannot."""


def read_rows(path: Path, columns: Columns) -> Iterator[Row | Problem]:
    """Each row of the file, lazily; below a bad header there are none.

    Raises OperationError when the file cannot be read at all.
    """
    records = _records(path)
    header = next(records, _Record(1, [], ["the file is empty, not even a header is there"]))
    reasons = header.reasons or list(_header_reasons(header.cells, columns))
    if reasons:
        yield Problem(path, header.line, reasons)
        return
    for line, cells, broken in records:
        reasons = broken or list(_width_reasons(cells, header.cells))
        if reasons:
            yield Problem(path, line, reasons)
        else:
            named = zip(header.cells, cells, strict=True)
            yield Row(line, {column: cell for column, cell in named if cell})


def _records(path: Path) -> Iterator[_Record]:
    """What stands between the separators, trimmed, without blank lines.

    Bytes that are no UTF-8 come through as lone surrogates, which no valid text has, so that they
    are a problem of their row only. A line break inside a cell is a line feed, whichever the
    file has: saved on another system it still says the same.
    """
    try:
        with path.open(encoding="utf-8-sig", errors="surrogateescape") as file:
            reader = csv.reader(file, strict=True, skipinitialspace=True)
            while True:
                line = reader.line_num + 1
                try:
                    cells = [cell.strip() for cell in next(reader)]
                except StopIteration:
                    return
                except csv.Error as error:
                    yield _Record(line, [], [f"it is not CSV ({error})"])
                    continue
                if cells not in ([], [""]):
                    yield _Record(line, cells, list(_text_reasons(cells)))
    except OSError as error:
        raise OperationError(f"Could not read {path}: {error.strerror}.") from error


def _text_reasons(cells: Sequence[str]) -> Iterator[str]:
    text = "".join(cells)
    if not text.isascii() and any("\ud800" <= each <= "\udfff" for each in text):
        yield "it has bytes that are not UTF-8"
    if "\0" in text:
        yield "it has a NUL character"


def _header_reasons(header: Sequence[str], columns: Columns) -> Iterator[str]:
    known = columns.required + columns.optional
    for column, times in Counter(header).items():
        if column not in known:
            yield f"the column {column[:40]!r} is not one of {', '.join(known)}"
        elif times > 1:
            yield f"the column {column} is there {times} times"
    yield from (f"the column {each} is missing" for each in columns.required if each not in header)


def _width_reasons(cells: Sequence[str], header: Sequence[str]) -> Iterator[str]:
    if len(cells) != len(header):
        how = "few" if len(cells) < len(header) else "many"
        yield f"it has too {how} cells: {len(cells)} instead of {len(header)}"
