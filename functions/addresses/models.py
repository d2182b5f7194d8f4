"""Types of the address book."""

from typing import Annotated

from pydantic import Field

from shop.models import LABEL, ApiModel, Id, NextCursor, RequestModel, Timestamp

Street = Annotated[
    str, Field(min_length=1, max_length=255, pattern=LABEL, examples=["12 Harbour Lane, Flat 3"])
]
City = Annotated[str, Field(min_length=1, max_length=255, pattern=LABEL, examples=["Galway"])]
State = Annotated[str, Field(min_length=1, max_length=255, pattern=LABEL, examples=["Connacht"])]
ZipCode = Annotated[str, Field(min_length=1, max_length=20, pattern=LABEL, examples=["H91 E2K3"])]
Country = Annotated[str, Field(min_length=1, max_length=255, pattern=LABEL, examples=["Ireland"])]
IsDefault = Annotated[
    bool, Field(strict=True, description="Whether it is the address to use unless told otherwise")
]


class Address(ApiModel):
    """Where someone wants things to be sent."""

    id: Id
    user_id: Id
    street: Annotated[str, Field(examples=["12 Harbour Lane, Flat 3"])]
    city: Annotated[str, Field(examples=["Galway"])]
    state: Annotated[str | None, Field(examples=["Connacht"])]
    zip_code: Annotated[str | None, Field(examples=["H91 E2K3"])]
    country: Annotated[str, Field(examples=["Ireland"])]
    is_default: bool
    created_at: Timestamp
    updated_at: Timestamp


class AddressPage(ApiModel):
    """One page of a user's addresses."""

    items: list[Address]
    next_cursor: NextCursor


class NewAddress(RequestModel):
    """What it takes to add an address. The first one is the default in any case."""

    street: Street
    city: City
    state: State | None = None
    zip_code: ZipCode | None = None
    country: Country
    is_default: IsDefault = False


class AddressChanges(RequestModel):
    """What to change of an address: what is sent, and nothing else. Null takes a field away."""

    # What an address must have may stay away here but not be null. These defaults are never looked
    # at; made by a factory, they are in no document either.
    street: Annotated[Street, Field(default_factory=str)]
    city: Annotated[City, Field(default_factory=str)]
    state: State | None = None
    zip_code: ZipCode | None = None
    country: Annotated[Country, Field(default_factory=str)]
    is_default: Annotated[IsDefault, Field(default_factory=bool)]
