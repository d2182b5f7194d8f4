"""What a deployment goes on with once the stack is there: told beforehand when it cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ops.errors import OperationError
from ops.migrate.migration import migrations
from ops.seed.reference import require_good_file

if TYPE_CHECKING:
    from collections.abc import Collection


def require_good_files(tables: Collection[str]) -> None:
    """Raise OperationError for a migration, or reference data, that a stack cannot be given.

    ``tables`` are the logical ids of those that it will have.
    """
    for each in migrations():
        if each.logical_id not in tables:
            known = ", ".join(sorted(tables))
            raise OperationError(
                f"{each.title}: the stack has no table {each.logical_id}; there are {known}."
                " Nothing was deployed."
            )
    require_good_file()
