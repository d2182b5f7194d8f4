"""A shop whose four tables are written by the contexts that own them, accounts included."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from addresses import service as address_service
from ops.recover.verify.reconcile import reconcile
from ops.recover.verify.tables import Tables
from products import administration
from products.models import NewProduct
from products.repository import category_key
from shop.contracts.users import user_key
from shop.dynamo import Table, from_wire, to_wire
from shop.ids import new_id
from tests.orders.world import ADDRESSES, ORDERS, PRODUCTS, USERS
from tests.orders.world import Shop as OrdersShop
from users import rows, service
from users.models import NewUser
from users.repository import UserRepository
from users.session_repository import SessionRepository

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from ops.recover.verify.reconcile import Reconciled
    from users.rows import Account

PASSWORD = "four sturdy enamel mugs"
NAMES = {"orders": ORDERS, "users": USERS, "addresses": ADDRESSES, "products": PRODUCTS}


class Shop(OrdersShop):
    def __init__(self, client: DynamoDBClient) -> None:
        super().__init__(client)
        table = Table(USERS, client)
        self.users, self.sessions = UserRepository(table), SessionRepository(table)
        self.tables = Tables(client, NAMES)

    def add_user(self) -> str:
        new = NewUser.model_validate(
            {"email": f"{new_id()}@example.com", "password": PASSWORD, "firstName": "A"}
        )
        return service.register(self.users, new).id

    def account(self, user_id: str) -> Account:
        found = self.users.find(user_id)
        assert found
        return found

    def sign_in(self, user_id: str) -> str:
        """The key of the new session."""
        session = rows.Session(
            user_id, new_id(), 0, "f", "c", None, None, 0, 2_000_000_000, 2_000_000_000, "2026"
        )
        self.sessions.start(session, self.account(user_id), None)
        return str(rows.session_key(user_id, session.id)["sk"])

    def delete_user(self, user_id: str) -> None:
        """And what its stream then does."""
        self.users.delete(self.account(user_id))
        self.sessions.delete_all(user_id)
        address_service.clear_book(self.addresses, user_id)

    def add_described(self, category: str = "Garden", stock: int = 10) -> str:
        """A product with a description, in a category."""
        key = to_wire({**category_key(category), "description": "x"})
        self.client.put_item(TableName=PRODUCTS, Item=key)
        new = NewProduct.model_validate(
            {
                "name": "Kite",
                "price": "12.00",
                "stock": stock,
                "category": category,
                "description": "Flies.",
            }
        )
        product_id = administration.create_product(self.catalogue, new).product.id
        self._supplied[product_id] = stock
        return product_id

    def row(self, table: str, pk: str, sk: str) -> dict[str, Any]:
        key = to_wire({"pk": pk, "sk": sk})
        return from_wire(self.client.get_item(TableName=NAMES[table], Key=key)["Item"])

    def write(self, table: str, row: dict[str, Any], **changes: Any) -> None:
        """Behind everyone's back; None takes an attribute away."""
        self.client.put_item(TableName=NAMES[table], Item=to_wire({**row, **changes}))

    def erase(self, table: str, pk: str, sk: str) -> None:
        self.client.delete_item(TableName=NAMES[table], Key=to_wire({"pk": pk, "sk": sk}))

    def user_row(self, user_id: str) -> dict[str, Any]:
        key = user_key(user_id)
        return self.row("users", key["pk"], key["sk"])

    def reconciled(self) -> Reconciled:
        return reconcile(self.tables)

    def found(self) -> list[str]:
        """The rules that do not hold, by name."""
        return sorted(each.rule for each in self.reconciled().findings)
