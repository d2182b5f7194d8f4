"""Types of the catalogue."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from products.name_keys import name_key
from shop.contracts.products import MAX_STOCK
from shop.models import LABEL, ApiModel, Id, NextCursor, RequestModel, Timestamp
from shop.money import Money

LABEL_BYTES = 610  # what the rest of the product row leaves of 1 KB


def _searchable(beginning: str) -> str:
    if name_key(beginning) is None:
        raise PydanticCustomError("nothing_to_search", "Value has nothing that a name begins with")
    return beginning


ProductName = Annotated[
    str,
    Field(min_length=1, max_length=255, pattern=LABEL, examples=["Enamel Camping Mug, 350 ml"]),
]
NameBeginning = Annotated[
    str,
    Field(min_length=1, max_length=255, examples=["enamel c"]),
    AfterValidator(_searchable),
]
CategoryName = Annotated[
    str, Field(min_length=1, max_length=100, pattern=LABEL, examples=["Camping and Hiking"])
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


def _not_zero(delta: int) -> int:
    if delta == 0:
        raise PydanticCustomError("zero", "an adjustment adds something or takes it away")
    return delta


StockDelta = Annotated[
    int,
    Field(
        ge=-MAX_STOCK,
        le=MAX_STOCK,
        strict=True,
        description="What to add; less than zero takes away",
        examples=[-2],
        json_schema_extra={"not": {"const": 0}},
    ),
    AfterValidator(_not_zero),
]
Reason = Annotated[
    str, Field(min_length=1, max_length=255, pattern=LABEL, examples=["Broken in the warehouse"])
]


def label_problem(name: str, category: str | None, image_url: str | None) -> str | None:
    """What is wrong with these together, if anything.

    They are what grows in the row that buying touches, and it stays below 1 KB, whatever the
    alphabet (docs/adr/0004). The image counts as the row holds it: products.image_address.
    """
    size = sum(len((label or "").encode()) for label in (name, category, image_url))
    if size <= LABEL_BYTES:
        return None
    return f"name, category and imageUrl together take {size} bytes of UTF-8, at most {LABEL_BYTES}"


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
        """With the address as it was sent, which the row holds no more of."""
        problem = label_problem(self.name, self.category, self.image_url)
        if problem:
            raise PydanticCustomError("labels_too_long", "{problem}", {"problem": problem})
        return self


class ProductChanges(RequestModel):
    """What to change of a product: what is sent, and nothing else."""

    # What a product must have has a default here so that it may stay away. The default is never
    # looked at, and null is refused.
    name: Annotated[ProductName, Field(default_factory=str)]
    description: Description | None = None
    price: Annotated[Money, Field(default_factory=Decimal)]
    category: CategoryName | None = None
    image_url: ImageUrl | None = None


class StockAdjustment(RequestModel):
    """What came into the stock or left it, other than by orders."""

    delta: StockDelta
    reason: Reason | None = None


class StockLevel(ApiModel):
    """How many there are."""

    stock: Annotated[int, Field(examples=[12])]


class ImageType(StrEnum):
    PNG = "image/png"
    JPEG = "image/jpeg"
    WEBP = "image/webp"
    AVIF = "image/avif"


class ImageUpload(RequestModel):
    """What kind of image is going to be uploaded."""

    content_type: ImageType


class ImageTicket(ApiModel):
    """How to upload an image: a form of multipart/form-data, its `file` after the `fields`."""

    url: Annotated[
        str,
        Field(
            description="Where to POST the form",
            examples=["https://shop-images.s3.eu-central-1.amazonaws.com/"],
        ),
    ]
    fields: Annotated[dict[str, str], Field(description="The form's fields, as they are")]
    image_url: Annotated[
        str,
        Field(
            description="The product's imageUrl, once the image has arrived",
            examples=["https://images.example/images/5b0f3f0c7e6f/019a.webp"],
        ),
    ]
    expires_in: Annotated[int, Field(description="Seconds left for the upload", examples=[600])]
