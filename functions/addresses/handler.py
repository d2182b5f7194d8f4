"""Routes of the address book, and what deleted accounts mean to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Path

from addresses import service
from addresses.errors import AddressNotFound, TooManyAddresses
from addresses.models import Address, AddressChanges, AddressPage, NewAddress
from addresses.repository import AddressRepository
from shop import config, dynamo, events, identity
from shop.contracts import users
from shop.errors import (
    InvalidCursor,
    MalformedJson,
    Unavailable,
    UnsupportedMediaType,
    ValidationFailed,
)
from shop.http import JSON, create_api, documented, entrypoint
from shop.identity import USER
from shop.pagination import Cursor, Limit

api = create_api()

AddressId = Annotated[str, Path(description="The address's id")]


@dataclass(frozen=True)
class Settings:
    table_name: str
    users_table_name: str


@cache
def repository() -> AddressRepository:
    settings = config.from_environment(Settings)
    client = dynamo.client()
    return AddressRepository(
        dynamo.Table(settings.table_name, client), dynamo.Table(settings.users_table_name, client)
    )


def _user_id() -> str:
    return identity.caller(api.current_event.raw_event).user_id


@api.post(
    "/addresses",
    operation_id="createAddress",
    summary="Add an address to the caller's book",
    openapi_extensions=USER,
    responses=documented(
        "The new address",
        MalformedJson,
        TooManyAddresses,
        UnsupportedMediaType,
        ValidationFailed,
        Unavailable,
        status=HTTPStatus.CREATED,
        headers={"Location": "The path of the new address"},
    ),
)
def create_address(new: Annotated[NewAddress, Body()]) -> Response[Address]:
    address = service.add_address(repository(), _user_id(), new)
    return Response(
        HTTPStatus.CREATED,
        content_type=JSON,
        body=address,
        headers={"Location": f"/addresses/{address.id}"},
    )


@api.get(
    "/addresses",
    operation_id="listAddresses",
    summary="The caller's addresses, newest first",
    openapi_extensions=USER,
    responses=documented("A page of addresses", InvalidCursor, ValidationFailed, Unavailable),
)
def list_addresses(limit: Limit = 20, cursor: Cursor = None) -> AddressPage:
    return service.list_addresses(repository(), _user_id(), limit=limit, cursor=cursor)


@api.get(
    "/addresses/<address_id>",
    operation_id="getAddress",
    summary="One of the caller's addresses",
    openapi_extensions=USER,
    responses=documented("The address", AddressNotFound, Unavailable),
)
def get_address(address_id: AddressId) -> Address:
    return service.get_address(repository(), _user_id(), address_id)


@api.patch(
    "/addresses/<address_id>",
    operation_id="updateAddress",
    summary="Change an address, or make it the default",
    openapi_extensions=USER,
    responses=documented(
        "The address as it is now",
        MalformedJson,
        AddressNotFound,
        UnsupportedMediaType,
        ValidationFailed,
        Unavailable,
    ),
)
def update_address(address_id: AddressId, changes: Annotated[AddressChanges, Body()]) -> Address:
    return service.change_address(repository(), _user_id(), address_id, changes)


@api.delete(
    "/addresses/<address_id>",
    operation_id="deleteAddress",
    summary="Delete an address",
    openapi_extensions=USER,
    responses=documented("It is gone", AddressNotFound, Unavailable, status=HTTPStatus.NO_CONTENT),
)
def delete_address(address_id: AddressId) -> Response[None]:
    service.delete_address(repository(), _user_id(), address_id)
    return Response(HTTPStatus.NO_CONTENT)


def remove_addresses(record: Mapping[str, Any]) -> None:
    """Clear the book of a user whose account is gone; any other record of the stream is no news."""
    keys = record["dynamodb"]["Keys"]
    if record["eventName"] == "REMOVE" and keys["sk"]["S"] == users.SORT_KEY:
        service.clear_book(repository(), users.deleted_user_id(record))


handler = entrypoint(api, {events.STREAM: remove_addresses})
