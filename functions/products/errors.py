"""What can go wrong in the catalogue."""

from shop.errors import NotFound


class ProductNotFound(NotFound):
    def __init__(self, product_id: str) -> None:
        super().__init__(f"There is no product {product_id[:64]!r}.")
