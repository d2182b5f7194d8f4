"""Types of the catalogue."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from shop.models import ApiModel, Id, NextCursor, RequestModel, Timestamp
from shop.money import Money

MAX_STOCK = 2_147_483_647  # INT
LABEL_BYTES = 690  # what the rest of the product row leaves of 1 KB

# No control characters, nothing blank: what a person can read on a label.
_LABEL = r"^[^\x00-\x1f\x7f-\x9f]*[^\x00-\x20\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$"

ProductName = Annotated[
    str,
    Field(min_length=1, max_length=255, pattern=_LABEL, examples=["Enamel Camping Mug, 350 ml"]),
]
CategoryName = Annotated[
    str, Field(min_length=1, max_length=100, pattern=_LABEL, examples=["Camping and Hiking"])
]
Description = Annotated[str, Field(max_length=10_000, examples=["Holds 350 ml, and the heat."])]
Stock = Annotated[int, Field(ge=0, le=MAX_STOCK, strict=True, examples=[12])]
ImageUrl = Annotated[
    str,
    Field(
        max_length=255,
        pattern=r"^https?://[^\x00-\x20\x7f-\x9f]+$",
        examples=["https://images.example/mug.webp"],
    ),
]


class ProductSort(StrEnum):
    NEWEST = "newest"
    CHEAPEST = "price"
    DEAREST = "-price"


class _ProductFields(ApiModel):
    id: Id
    name: Annotated[str, Field(examples=["Enamel Camping Mug, 350 ml"])]
    price: Money
    image_url: Annotated[str | None, Field(examples=["https://images.example/mug.webp"])]
    category: Annotated[str | None, Field(examples=["Camping and Hiking"])]
    stock: Annotated[int, Field(examples=[12])]
    created_at: Timestamp
    updated_at: Timestamp


class ProductSummary(_ProductFields):
    """A product as lists show it."""

    in_stock: bool


class Product(_ProductFields):
    """A product with everything there is to know about it."""

    description: Annotated[str | None, Field(examples=["Holds 350 ml, and the heat."])]


class ProductPage(ApiModel):
    """One page of products."""

    items: list[ProductSummary]
    next_cursor: NextCursor


class Category(ApiModel):
    name: Annotated[str, Field(examples=["Camping and Hiking"])]
    description: Annotated[str | None, Field(examples=["Kit for a night in the woods."])]


class CategoryList(ApiModel):
    """All categories, by name."""

    items: list[Category]


class NewCategory(RequestModel):
    """What it takes to make a category."""

    name: CategoryName
    description: Description | None = None


class NewProduct(RequestModel):
    """What it takes to make a product."""

    name: ProductName
    description: Description | None = None
    price: Money
    category: CategoryName | None = None
    stock: Stock
    image_url: ImageUrl | None = None

    @model_validator(mode="after")
    def _fits_its_row(self) -> Self:
        """Keep the row that buying touches below 1 KB, whatever the alphabet (docs/adr/0004)."""
        labels = (self.name, self.category or "", self.image_url or "")
        size = sum(len(label.encode()) for label in labels)
        if size > LABEL_BYTES:
            raise PydanticCustomError(
                "labels_too_long",
                "name, category and imageUrl together take {size} bytes of UTF-8, at most {most}",
                {"size": size, "most": LABEL_BYTES},
            )
        return self
