"""Types of orders."""

from collections import Counter
from functools import cached_property
from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from orders.states import OrderStatus
from shop.models import ApiModel, Id, NextCursor, RequestModel, Timestamp
from shop.money import Money

MAX_PRODUCTS = 50  # distinct ones, so that order and stock fit one transaction (100 actions)
MAX_QUANTITY = 10_000

_GivenId = Annotated[
    str, Field(min_length=1, max_length=255, examples=["5b0f3f0c7e6f5d0e8e5d9f0a1b2c3d4e"])
]
Quantity = Annotated[int, Field(ge=1, le=MAX_QUANTITY, strict=True, examples=[2])]


class OrderLine(RequestModel):
    """How many of a product."""

    product_id: _GivenId
    quantity: Quantity


class NewOrder(RequestModel):
    """What to send where. Prices come from the catalogue."""

    items: Annotated[
        list[OrderLine],
        Field(
            min_length=1,
            description=f"At most {MAX_PRODUCTS} different products and {MAX_QUANTITY} of each;"
            " lines of the same product count as one",
        ),
    ]
    shipping_address_id: _GivenId

    @cached_property
    def quantities(self) -> dict[str, int]:
        """How many of each product, in the order in which they are named first."""
        merged: Counter[str] = Counter()
        for line in self.items:
            merged[line.product_id] += line.quantity
        return dict(merged)

    @model_validator(mode="after")
    def _can_be_one_order(self) -> Self:
        quantities = self.quantities
        if len(quantities) > MAX_PRODUCTS:
            raise PydanticCustomError(
                "too_many_products",
                "an order has at most {most} different products",
                {"most": MAX_PRODUCTS},
            )
        if max(quantities.values()) > MAX_QUANTITY:
            raise PydanticCustomError(
                "too_many",
                "an order has at most {most} of a product, all its lines together",
                {"most": MAX_QUANTITY},
            )
        return self


class OrderItem(ApiModel):
    """A product as it was when it was ordered."""

    id: Id
    product_id: Id
    name: Annotated[str, Field(examples=["Enamel Camping Mug, 350 ml"])]
    quantity: Annotated[int, Field(examples=[2])]
    price: Annotated[Money, Field(description="Of one")]


class ShippingAddress(ApiModel):
    """An address as it was when the order was placed."""

    street: Annotated[str, Field(examples=["12 Harbour Lane, Flat 3"])]
    city: Annotated[str, Field(examples=["Galway"])]
    state: Annotated[str | None, Field(examples=["Connacht"])]
    zip_code: Annotated[str | None, Field(examples=["H91 E2K3"])]
    country: Annotated[str, Field(examples=["Ireland"])]


class Order(ApiModel):
    """What was bought, for how much, and where it goes: later changes elsewhere do not touch it."""

    id: Id
    user_id: Id
    order_date: Timestamp
    total_amount: Money
    status: OrderStatus
    shipping_address_id: Id
    shipping_address: ShippingAddress
    items: list[OrderItem]
    created_at: Timestamp
    updated_at: Timestamp


class OrderPage(ApiModel):
    """One page of orders. It may have fewer than asked for and not be the last."""

    items: list[Order]
    next_cursor: NextCursor


class OrderItemList(ApiModel):
    """The items of one order."""

    items: list[OrderItem]


class StatusChange(RequestModel):
    """Where an order moves."""

    status: OrderStatus
