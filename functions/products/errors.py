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


class UnknownCategory(ValidationFailed):
    type = "unknown-category"
    title = "There is no such category"

    def __init__(self, name: str) -> None:
        message = f"There is no category {name!r}"
        errors = [{"loc": ["body", "category"], "msg": message}]
        super().__init__(f"{message}.", extensions={"errors": errors})


class SortWithName(ValidationFailed):
    """Products that are looked for by name come by name."""

    def __init__(self) -> None:
        message = "Products that are looked for by name come by name"
        super().__init__(
            f"query.sort: {message}",
            extensions={"errors": [{"loc": ["query", "sort"], "msg": message}]},
        )
