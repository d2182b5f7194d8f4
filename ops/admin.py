"""``shop admin``: who may run the catalogue and see all accounts."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from ops.errors import OperationError
from ops.target import Target, find_target
from shop.dynamo import Table
from shop.errors import Unavailable
from shop.identity import Role
from users import service
from users.errors import UserNotFound
from users.repository import UserRepository

app = typer.Typer(no_args_is_help=True, help="Make someone an administrator, or no longer one.")
console = Console(highlight=False)

_Email = Annotated[str, typer.Argument(help="Of an account that is registered")]
_Stack = Annotated[str | None, typer.Option(help="A stack in AWS; without it the local one")]
_Region = Annotated[str | None, typer.Option(help="Where that stack is")]


@app.command()
def grant(email: _Email, *, stack: _Stack = None, region: _Region = None) -> None:
    """Give an account the role admin, from its next sign-in or refresh on."""
    set_role(find_target(stack, region), email, Role.ADMIN)
    console.print(f"{email} is an administrator, from the next sign-in or refresh on.")


@app.command()
def revoke(email: _Email, *, stack: _Stack = None, region: _Region = None) -> None:
    """Take the role admin away again; tokens that are out end within a quarter of an hour."""
    set_role(find_target(stack, region), email, Role.CUSTOMER)
    console.print(f"{email} is a customer; tokens that are out end within 15 minutes.")


def set_role(target: Target, email: str, role: Role) -> None:
    """Raises OperationError when there is no such account, or no way to the table."""
    users = UserRepository(Table(target.output("UsersTableName"), target.dynamodb()))
    try:
        service.set_role(users, email, role)
    except UserNotFound:
        raise OperationError(f"There is no account with the e-mail {email}.") from None
    except Unavailable as error:
        raise OperationError("DynamoDB is busy or out of reach.") from error
