"""Believable products in any number, for trying things out at size.

A product follows from its index alone: asking for more never changes the first ones, and seeding
them twice finds them there.
"""

from __future__ import annotations

from decimal import Decimal
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

from products.models import NewProduct

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ops.seed.names import CategoryNames


class Shelf(NamedTuple):
    """Of a category: materials, and things that can be made of each."""

    materials: tuple[str, ...]
    things: tuple[str, ...]


# fmt: off
# The categories are those of data/seed/categories.csv.
SHELVES = {
    "Kitchen and Dining": Shelf(
        ("Copper", "Enamel", "Porcelain", "Stoneware"),
        ("Butter Dish", "Carafe", "Casserole", "Jug", "Mixing Bowl", "Pie Dish", "Platter",
         "Salt Pot", "Soup Bowl", "Sugar Bowl", "Teapot", "Trivet"),
    ),
    "Bedding and Bath": Shelf(
        ("Hemp", "Organic Cotton", "Waffle Cotton", "Washed Linen"),
        ("Bath Mat", "Bedspread", "Blanket", "Bolster Cover", "Cushion Cover", "Duvet Cover",
         "Face Cloth", "Hand Towel", "Pillowcase", "Robe", "Throw", "Wash Bag"),
    ),
    "Furniture": Shelf(
        ("Ash", "Beech", "Oak", "Walnut"),
        ("Armchair", "Bar Stool", "Bench", "Bookcase", "Coat Stand", "Coffee Table", "Desk",
         "Dining Chair", "Shelf", "Side Table", "Sideboard", "Stool"),
    ),
    "Lighting": Shelf(
        ("Brass", "Copper", "Enamel", "Steel"),
        ("Bedside Lamp", "Candle Holder", "Ceiling Light", "Desk Lamp", "Floor Lamp", "Lantern",
         "Pendant", "Reading Light", "Spotlight", "Uplighter", "Wall Light", "Work Lamp"),
    ),
    "Garden": Shelf(
        ("Brass", "Copper", "Galvanised Steel", "Zinc"),
        ("Bird Bath", "Bird Feeder", "Boot Scraper", "Dibber", "Hand Fork", "Hanging Basket",
         "Plant Label", "Plant Stand", "Planter", "Trough", "Trowel", "Watering Can"),
    ),
    "Camping and Hiking": Shelf(
        ("Aluminium", "Enamel", "Steel", "Titanium"),
        ("Bowl", "Cook Pot", "Cup", "Flask", "Frying Pan", "Kettle", "Lunch Box", "Mug", "Plate",
         "Spork", "Tent Peg", "Windshield"),
    ),
    "Cycling": Shelf(
        ("Cotton", "Leather", "Recycled Nylon", "Waxed Canvas"),
        ("Bar Bag", "Bar Roll", "Frame Bag", "Helmet Bag", "Musette", "Pannier", "Saddle Bag",
         "Saddle Cover", "Tool Roll", "Top Tube Bag", "Trouser Strap", "Wallet"),
    ),
    "Tools and Hardware": Shelf(
        ("Ash-Handled", "Beech-Handled", "Cork-Grip", "Oak-Handled"),
        ("Bradawl", "Chisel", "Coping Saw", "File", "Hammer", "Marking Gauge", "Paint Brush",
         "Putty Knife", "Rasp", "Scraper", "Screwdriver", "Tenon Saw"),
    ),
}
_RANGES = (
    "Classic", "Compact", "Everyday", "Farmhouse", "Harbour", "Heritage", "Large", "Lightweight",
    "Modern", "Nordic", "Plain", "Rustic", "Slim", "Small", "Sturdy", "Traditional",
)
_REMARKS = (
    "Wipe clean with a damp cloth.", "Made to be repaired: spare parts are in stock.",
    "Packed in card, without plastic.", "Each one differs a little from the next.",
)
# As in a real shop, many products share a price: sorting by it has ties to get right.
_PRICES = (
    "4.95", "7.50", "9.90", "12.50", "14.95", "19.90", "24.95", "29.90", "39.50", "49.00", "64.50",
    "89.00", "149.00",
)
# fmt: on


def generated_products(count: int, names: CategoryNames) -> Iterator[NewProduct]:
    """The first ``count`` products, lazily, in the sample's categories as ``names`` spells them."""
    shelves = [(names.add(category), shelf) for category, shelf in SHELVES.items()]
    return (_product(index, shelves) for index in range(count))


def _product(index: int, shelves: Sequence[tuple[str, Shelf]]) -> NewProduct:
    # A digest, not ``random``: its choices may change from one Python to the next.
    dice = iter(blake2b(str(index).encode(), digest_size=8).digest())

    def pick[Choice](choices: Sequence[Choice]) -> Choice:
        return choices[next(dice) % len(choices)]

    category, shelf = pick(shelves)
    range_, material, thing = pick(_RANGES), pick(shelf.materials), pick(shelf.things)
    description = (
        f"{material} {thing} of our {range_} range, made for years of daily use.".capitalize()
        + f" {pick(_REMARKS)}"
    )
    return NewProduct(
        name=f"{range_} {material} {thing}, No. {index + 1}",
        description=description if next(dice) % 8 else None,
        price=Decimal(pick(_PRICES)),
        category=category,
        stock=next(dice),
    )
