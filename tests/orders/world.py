"""A shop with all four tables: what customers ask of it, and what must be true of it always."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from addresses import service as address_service
from addresses.models import AddressChanges, NewAddress
from addresses.repository import AddressRepository
from orders import handler
from orders.repository import order_row, stored_order
from orders.states import OrderStatus
from products import administration
from products.models import NewProduct, ProductChanges, StockAdjustment
from products.repository import ProductRepository, new_product_rows
from products.writer import ProductWriter
from shop.contracts.products import product_key
from shop.contracts.users import user_key
from shop.dynamo import Table, from_wire, to_wire
from shop.identity import Caller, Role
from shop.ids import new_id
from tests.events import http_event
from tests.orders import emulator

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aws_lambda_powertools.utilities.typing import LambdaContext
    from mypy_boto3_dynamodb import DynamoDBClient

ORDERS, USERS, ADDRESSES, PRODUCTS = "orders", "users", "addresses", "products"
ENVIRONMENT = {
    "TABLE_NAME": ORDERS,
    "USERS_TABLE_NAME": USERS,
    "ADDRESSES_TABLE_NAME": ADDRESSES,
    "PRODUCTS_TABLE_NAME": PRODUCTS,
    "BUS_NAME": "shop-test",
    "UNPAID_MINUTES": "30",
}
ADDRESS: dict[str, Any] = {"street": "12 Harbour Lane", "city": "Galway", "country": "Ireland"}
_IMAGES = "https://images.example"


class Shop:
    """The tables, changed by the contexts that own them, and looked at behind everyone's back."""

    def __init__(self, client: DynamoDBClient) -> None:
        self.client = client
        users, addresses, products = (Table(n, client) for n in (USERS, ADDRESSES, PRODUCTS))
        self.addresses = AddressRepository(addresses, users)
        self.products = ProductRepository(products, _IMAGES)
        self.catalogue = ProductWriter(products, _IMAGES)
        self._supplied: Counter[str] = Counter()

    def add_user(self) -> str:
        user_id = new_id()
        self.client.put_item(TableName=USERS, Item=to_wire(user_key(user_id)))
        return user_id

    def delete_user(self, user_id: str) -> None:
        self.client.delete_item(TableName=USERS, Key=to_wire(user_key(user_id)))

    def add_address(self, user_id: str, **fields: Any) -> str:
        new = NewAddress.model_validate(ADDRESS | fields)
        return address_service.add_address(self.addresses, user_id, new).id

    def change_address(self, user_id: str, address_id: str, **changes: Any) -> None:
        wanted = AddressChanges.model_validate(changes)
        address_service.change_address(self.addresses, user_id, address_id, wanted)

    def delete_address(self, user_id: str, address_id: str) -> None:
        address_service.delete_address(self.addresses, user_id, address_id)

    def add_product(self, price: str = "9.99", stock: int = 10, name: str = "Enamel Mug") -> str:
        new = NewProduct.model_validate({"name": name, "price": price, "stock": stock})
        product_id = administration.create_product(self.catalogue, new).product.id
        self._supplied[product_id] = stock
        return product_id

    def add_products(self, count: int, stock: int = 10) -> list[str]:
        """Each is put by itself: for a transaction moto copies whole tables."""
        new = NewProduct.model_validate({"name": "Enamel Mug", "price": "9.99", "stock": stock})
        for product_id in (made := [new_id() for _ in range(count)]):
            [row] = new_product_rows(product_id, new, "2026-11-22T12:00:00.000Z")
            self.client.put_item(TableName=PRODUCTS, Item=to_wire(row))
            self._supplied[product_id] = stock
        return made

    def adjust(self, product_id: str, delta: int) -> None:
        adjustment = StockAdjustment(delta=delta)
        administration.adjust_stock(self.products, self.catalogue, product_id, adjustment, "0" * 32)
        self._supplied[product_id] += delta

    def change_product(self, product_id: str, **changes: Any) -> None:
        wanted = ProductChanges.model_validate(changes)
        administration.change_product(self.products, self.catalogue, product_id, wanted)

    def archive(self, product_id: str) -> None:
        administration.archive_product(self.catalogue, product_id)

    def product(self, product_id: str) -> dict[str, Any]:
        """The product's row."""
        key = to_wire(product_key(product_id))
        return from_wire(self.client.get_item(TableName=PRODUCTS, Key=key)["Item"])

    def product_rows(self) -> dict[str, dict[str, Any]]:
        """The rows of all products, by id."""
        rows = [row for row in emulator.rows(PRODUCTS) if row["sk"] == product_key("")["sk"]]
        return {row["pk"].removeprefix("PRODUCT#"): row for row in rows}

    def stock(self, product_id: str) -> int:
        return int(self.product(product_id)["stock"])

    def orders(self) -> list[dict[str, Any]]:
        """All rows of the orders table."""
        return emulator.rows(ORDERS)

    def saved(self) -> Callable[[], None]:
        """What puts everything back to what it is now."""
        restore_tables, supplied = emulator.saved(), self._supplied.copy()

        def restore() -> None:
            restore_tables()
            self._supplied = supplied.copy()

        return restore

    def assert_sound(self) -> None:
        """Every piece is in the stock or in an order that took it; every order adds up."""
        taken: Counter[str] = Counter()
        for row in self.orders():
            stored = stored_order(row)
            assert order_row(stored) == row
            order = stored.order
            costs = [item.price * item.quantity for item in order.items]
            assert order.total_amount == sum(costs, start=Decimal(0))
            if order.status is not OrderStatus.CANCELLED:
                taken.update({item.product_id: item.quantity for item in order.items})
        rows = self.product_rows()
        for product_id, supplied in self._supplied.items():
            stock = rows[product_id]["stock"]
            assert stock >= 0
            assert supplied == stock + taken[product_id], product_id


class Answer:
    """What the function answered: the status, the headers, the body as JSON."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self.status: int = raw["statusCode"]
        self.headers: dict[str, str] = raw["headers"]
        self.body: dict[str, Any] = json.loads(raw["body"]) if raw["body"] else {}

    @property
    def problem(self) -> tuple[int, str]:
        """The status and the type of a problem document."""
        assert self.headers["Content-Type"] == "application/problem+json"
        assert self.body["status"] == self.status
        return self.status, self.body["type"]


class Client:
    """Sends requests to the orders function as someone, or as no one."""

    def __init__(
        self, context: LambdaContext, user_id: str | None, role: Role = Role.CUSTOMER
    ) -> None:
        self.user_id = user_id or ""
        self._context = context
        self._caller = Caller(user_id, new_id(), role) if user_id else None

    def place(
        self, quantities: Mapping[str, int], address_id: str, key: str | None = None
    ) -> Answer:
        """A new order, unless the ``key`` says which one."""
        items = [{"productId": each, "quantity": count} for each, count in quantities.items()]
        return self.post({"items": items, "shippingAddressId": address_id}, key or new_id())

    def post(self, body: object, key: str | None) -> Answer:
        headers = {} if key is None else {"Idempotency-Key": key}
        return self.send("POST", "/orders", body=json.dumps(body), headers=headers)

    def placed(self, *arguments: Any, **named: Any) -> dict[str, Any]:
        answer = self.place(*arguments, **named)
        assert answer.status == 201, answer.body
        return answer.body

    def get(self, order_id: str) -> Answer:
        return self._one("GET", order_id)

    def items(self, order_id: str) -> Answer:
        return self._one("GET", order_id, "/items")

    def cancel(self, order_id: str) -> Answer:
        return self._one("POST", order_id, "/cancel")

    def move(self, order_id: str, status: str) -> Answer:
        return self._one("PATCH", order_id, body=json.dumps({"status": status}))

    def page(self, **query: Any) -> Answer:
        pairs = [(name, str(value)) for name, value in query.items() if value is not None]
        return self.send("GET", "/orders", query=pairs)

    def everything(self, **query: Any) -> list[dict[str, Any]]:
        """The whole list, page by page."""
        found: list[dict[str, Any]] = []
        cursor = None
        for _ in range(1000):  # so that a cursor that leads nowhere fails
            answer = self.page(cursor=cursor, **query)
            assert answer.status == 200, answer.body
            found += answer.body["items"]
            cursor = answer.body["nextCursor"]
            if cursor is None:
                return found
        raise AssertionError("the list does not end")

    def _one(self, method: str, order_id: str, rest: str = "", **parts: Any) -> Answer:
        return self.send(
            method,
            f"/orders/{order_id}{rest}",
            route=f"/orders/{{order_id}}{rest}",
            path_parameters={"order_id": order_id},
            **parts,
        )

    def send(self, method: str, path: str, **parts: Any) -> Answer:
        event = http_event(method, path, caller=self._caller, **parts)
        return Answer(handler.handler(event, self._context))


class Customer(Client):
    """Someone with an account and an address."""

    def __init__(self, context: LambdaContext, shop: Shop) -> None:
        super().__init__(context, shop.add_user())
        self.address_id = shop.add_address(self.user_id)

    def buy(self, quantities: Mapping[str, int], key: str | None = None) -> Answer:
        return self.place(quantities, self.address_id, key)

    def bought(self, quantities: Mapping[str, int], key: str | None = None) -> dict[str, Any]:
        return self.placed(quantities, self.address_id, key=key)
