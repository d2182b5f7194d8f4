"""What can go wrong in the catalogue."""

from http import HTTPStatus

from shop.errors import NotFound, ShopError, ValidationFailed


class ProductNotFound(NotFound):
    def __init__(self, product_id: str) -> None:
        super().__init__(f"There is no product {product_id[:64]!r}.")


class PreconditionFailed(ShopError):
    status = HTTPStatus.PRECONDITION_FAILED
    type = "precondition-failed"
    title = "It is no longer what If-Match says"

    def __init__(self) -> None:
        super().__init__("Read the product again, and send its ETag with what is to change.")


class LabelsTooLong(ValidationFailed):
    """Texts that fit each on its own but not together."""

    def __init__(self, problem: str) -> None:
        errors = [{"loc": ["body"], "msg": problem}]
        super().__init__(f"body: {problem}", extensions={"errors": errors})


class InsufficientStock(ShopError):
    status = HTTPStatus.CONFLICT
    type = "insufficient-stock"
    title = "There is not enough of it"

    def __init__(self, product_id: str, *, requested: int, available: int) -> None:
        short = {"productId": product_id, "requested": requested, "available": available}
        super().__init__(
            f"{requested} were to be taken from {available}.", extensions={"products": [short]}
        )


class StockLimit(ShopError):
    status = HTTPStatus.CONFLICT
    type = "stock-limit"
    title = "That is more than can be kept"

    def __init__(self, *, stock: int, most: int) -> None:
        super().__init__(f"The stock is {stock}, and can be {most} at most.")
