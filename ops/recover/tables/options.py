"""Arguments that the commands of ``shop recover table`` share."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ops.recover.tables.compare import Kind


class KindName(StrEnum):
    """Kinds of differences in one word."""

    DIFFERENT = "different"
    ONLY_LIVE = "only-live"
    ONLY_RESTORED = "only-restored"

    @property
    def kind(self) -> Kind:
        return Kind[self.name]


Name = Annotated[str, typer.Argument(help="Products, ProductsTable, or the table's own name")]
Restored = Annotated[
    str, typer.Argument(help="The table that it is compared with: its own name, or Products@TIME")
]
From = Annotated[
    str | None,
    typer.Option("--from", metavar="RESTORED", help="The table that has them right, as in compare"),
]
Keys = Annotated[
    list[str] | None,
    typer.Option(
        "--keys",
        metavar="KEY",
        help='A partition key; {"pk": …, "sk": …}; or @FILE with one a line. May be given again',
    ),
]
Since = Annotated[
    str | None,
    typer.Option(
        "--since", metavar="TIME", help="Only rows written since, and those that are gone"
    ),
]
KeysFileTo = Annotated[
    Path | None,
    typer.Option(
        "--keys-file",
        help="Write the keys of what differs there, as repair --keys @FILE takes them",
    ),
]
OfKind = Annotated[
    list[KindName] | None,
    typer.Option(help="Only these into the keys' file. May be given again"),
]
OfAttribute = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME",
        help="Of the different ones, only those that differ in this attribute into the keys' file."
        " May be given again",
    ),
]
Undo = Annotated[
    Path | None,
    typer.Option("--undo", help="Take a repair back, by the file that it wrote"),
]
Everything = Annotated[
    bool, typer.Option("--everything", help="All rows that differ: newer good changes go, too")
]
DeleteAdded = Annotated[
    bool, typer.Option("--delete-added", help="Also delete rows that are only in the live table")
]
Attributes = Annotated[
    list[str] | None,
    typer.Option(
        "--attribute",
        metavar="NAME",
        help="Only this attribute of rows that both have: newer changes of others stay. May be"
        " given again",
    ),
]
