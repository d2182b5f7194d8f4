"""Routes of orders, what happens to those that nobody pays, and what the world is told of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Header, Path, Query
from pydantic import Field

from orders import bus, moves, order_events, placing, service, states
from orders.errors import (
    IdempotencyKeyReused,
    IllegalTransition,
    OrderNotFound,
    TotalTooLarge,
    UnknownAddress,
    UnknownProduct,
)
from orders.models import NewOrder, Order, OrderItemList, OrderPage, StatusChange
from orders.repository import OrderRepository
from orders.states import OrderStatus
from orders.writer import OrderWriter
from shop import config, dynamo, events, identity
from shop.contracts.products import InsufficientStock, StockLimit
from shop.errors import (
    Forbidden,
    InvalidCursor,
    MalformedJson,
    Unavailable,
    UnsupportedMediaType,
    ValidationFailed,
)
from shop.http import JSON, create_api, documented, entrypoint
from shop.identity import ADMIN, USER, Caller
from shop.pagination import Cursor, Limit

api = create_api()

OrderId = Annotated[str, Path(description="The order's id")]
IdempotencyKey = Annotated[
    str,
    Field(min_length=1, max_length=255),
    Header(
        alias="Idempotency-Key",
        description="Made up by the client, a new one for each order. To repeat a request that got"
        " no answer, send it again with the same key: there is one order in the end",
    ),
]
_BAD_BODY = (MalformedJson, UnsupportedMediaType, ValidationFailed)
_CANNOT_MOVE = (OrderNotFound, IllegalTransition, StockLimit)


@dataclass(frozen=True)
class Settings:
    table_name: str
    users_table_name: str
    addresses_table_name: str
    products_table_name: str
    bus_name: str
    unpaid_minutes: str


@cache
def settings() -> Settings:
    return config.from_environment(Settings)


@cache
def repository() -> OrderRepository:
    return OrderRepository(
        _table(settings().table_name),
        _table(settings().addresses_table_name),
        _table(settings().products_table_name),
    )


@cache
def writer() -> OrderWriter:
    return OrderWriter(
        _table(settings().table_name),
        _table(settings().users_table_name),
        _table(settings().addresses_table_name),
        _table(settings().products_table_name),
    )


@cache
def event_bus() -> bus.EventBus:
    return bus.EventBus(settings().bus_name, bus.client())


def _table(name: str) -> dynamo.Table:
    return dynamo.Table(name, dynamo.client())


def _caller() -> Caller:
    return identity.caller(api.current_event.raw_event)


@api.post(
    "/orders",
    operation_id="placeOrder",
    summary="Place an order: the whole of it, once, or not at all",
    openapi_extensions=USER,
    responses=documented(
        "The new order",
        *_BAD_BODY,
        UnknownProduct,
        UnknownAddress,
        TotalTooLarge,
        IdempotencyKeyReused,
        InsufficientStock,
        Unavailable,
        status=HTTPStatus.CREATED,
        also={HTTPStatus.OK: "The order that was placed with this key before, as it is now"},
        headers={"Location": "The path of the order"},
    ),
)
def place_order(
    new: Annotated[NewOrder, Body()], idempotency_key: IdempotencyKey
) -> Response[Order]:
    user_id = _caller().user_id
    placed = placing.place_order(repository(), writer(), user_id, idempotency_key, new)
    return Response(
        HTTPStatus.OK if placed.repeated else HTTPStatus.CREATED,
        content_type=JSON,
        body=placed.order,
        headers={"Location": f"/orders/{placed.order.id}"},
    )


@api.get(
    "/orders",
    operation_id="listOrders",
    summary="The caller's orders, newest first; to administrators also those of others",
    description="Administrators who give a user or a status get anyone's orders that fit.",
    openapi_extensions=USER,
    responses=documented(
        "A page of orders", InvalidCursor, Forbidden, ValidationFailed, Unavailable
    ),
)
def list_orders(
    user_id: Annotated[
        str | None,
        Query(
            alias="userId",
            min_length=1,
            max_length=255,
            description="Only this user's orders; takes the role admin",
        ),
    ] = None,
    status: Annotated[OrderStatus | None, Query(description="Only orders of this status")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> OrderPage:
    user_id = service.whose(_caller(), user_id, status)
    return service.list_orders(
        repository(), user_id=user_id, status=status, limit=limit, cursor=cursor
    )


@api.get(
    "/orders/<order_id>",
    operation_id="getOrder",
    summary="One of the caller's orders",
    openapi_extensions=USER,
    responses=documented("The order", OrderNotFound, Unavailable),
)
def get_order(order_id: OrderId) -> Order:
    return service.get_order(repository(), order_id, _caller().user_id).order


@api.get(
    "/orders/<order_id>/items",
    operation_id="listOrderItems",
    summary="What is in one of the caller's orders",
    openapi_extensions=USER,
    responses=documented("All items of the order", OrderNotFound, Unavailable),
)
def list_order_items(order_id: OrderId) -> OrderItemList:
    found = service.get_order(repository(), order_id, _caller().user_id)
    return OrderItemList(items=found.order.items)


@api.post(
    "/orders/<order_id>/cancel",
    operation_id="cancelOrder",
    summary="Call an order off that is not shipped yet; its items go back into the stock",
    openapi_extensions=USER,
    responses=documented("The order as it is now", *_CANNOT_MOVE, Unavailable),
)
def cancel_order(order_id: OrderId) -> Order:
    owner = _caller().user_id
    return moves.move_order(repository(), writer(), order_id, OrderStatus.CANCELLED, owner)


@api.patch(
    "/orders/<order_id>",
    operation_id="moveOrder",
    summary="Move anyone's order on",
    description=f"The moves there are: {states.described()}.",
    openapi_extensions=ADMIN,
    responses=documented("The order as it is now", *_BAD_BODY, *_CANNOT_MOVE, Unavailable),
)
def move_order(order_id: OrderId, change: Annotated[StatusChange, Body()]) -> Order:
    return moves.move_order(repository(), writer(), order_id, change.status)


def cancel_unpaid(_: Mapping[str, Any]) -> None:
    """Free the stock of orders that nobody paid in time."""
    moves.cancel_unpaid(repository(), writer(), minutes=int(settings().unpaid_minutes))


def tell(record: Mapping[str, Any]) -> None:
    """Tell the world what has happened to an order."""
    event = order_events.of_record(record)
    if event:
        event_bus().publish(event)


handler = entrypoint(api, {events.STREAM: tell, events.SCHEDULE: cancel_unpaid})
