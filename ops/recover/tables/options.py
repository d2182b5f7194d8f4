"""Arguments that the commands of ``shop recover table`` share."""

from typing import Annotated

import typer

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
