"""The products table as seeding uses it. What goes wrong is an OperationError, in a sentence."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from ops.errors import OperationError
from ops.seed.names import CategoryNames
from ops.seed.plan import RowKey, row_key
from products.repository import CATEGORY
from shop.dynamo import Table
from shop.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from botocore.exceptions import _ClientErrorResponseTypeDef
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

    from ops.target import Target
    from shop.dynamo import Item

# Why a transaction was cancelled that may well succeed later. ("None" is an action that another
# one's reason took down with it.)
_PASSING = {
    "None",
    "ConditionalCheckFailed",
    "TransactionConflict",
    "ThrottlingError",
    "ProvisionedThroughputExceeded",
}


@dataclass(frozen=True)
class Store:
    client: DynamoDBClient
    table: str
    images_url: str
    """Where the stack's own images are served from."""

    @classmethod
    def of(cls, target: Target) -> Store:
        table, images_url = target.output("ProductsTableName"), target.output("ImagesUrl")
        return cls(target.dynamodb(), table, images_url)

    def category_names(self) -> CategoryNames:
        with _explained():
            rows = Table(self.table, self.client).query(
                "pk = :pk", {":pk": CATEGORY}, consistent=True
            )
        return CategoryNames(row["sk"] for row in rows)

    def rows(self, keys: Sequence[Item]) -> dict[RowKey, Item]:
        """The rows at ``keys`` (100 at most) that exist, as last written."""
        with _explained():
            rows = Table(self.table, self.client).batch_get(keys, consistent=True)
        return {row_key(row): row for row in rows}

    def transact(self, actions: Sequence[TransactWriteItemTypeDef]) -> bool:
        """Do all ``actions`` or none; whether they were done. If not, it is worth trying again."""
        with _explained():
            try:
                self.client.transact_write_items(TransactItems=actions)
            except self.client.exceptions.TransactionCanceledException as error:
                if _codes(error.response) <= _PASSING:
                    return False
                raise
        return True


def _codes(response: _ClientErrorResponseTypeDef) -> set[str]:
    """Why a transaction was cancelled, action by action."""
    return {reason["Code"] for reason in response.get("CancellationReasons", [])}


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except Unavailable as error:
        raise OperationError("DynamoDB is busy or out of reach.") from error
    except (BotoCoreError, ClientError) as error:
        sentence = str(error).rstrip(".")
        raise OperationError(f"DynamoDB could not do it: {sentence}.") from error
