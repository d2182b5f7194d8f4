"""A repair as its command prepares it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ops.recover.tables import repair as repairs
from ops.recover.tables.agreed import write_keys
from ops.recover.tables.choose import Choice
from ops.recover.tables.locate import find_table
from ops.recover.tables.preview import look, write_differing_keys
from tests.ops.recover.tables.support import BESIDE, LIVE

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from ops.recover.operation import Operation
    from tests.ops.recover.tables.support import Stack

ALL = Choice()


def prepared(
    stack: Stack, folder: Path, choice: Choice = ALL, keys: Iterable[bytes] | None = None
) -> Operation:
    """Of the rows at ``keys``, or of all that differ."""
    path = folder / "keys"
    if keys is None:
        write_differing_keys(stack.client, LIVE, BESIDE, path)
    else:
        write_keys(path, keys)
    table = find_table(stack.target, LIVE)
    made = repairs.Repair(stack.client, table, BESIDE, choice, folder / "agreed")
    look(made, path)
    return repairs.repairing(made, folder, {}, folder / "kept")
