"""What can go wrong in an address book."""

from http import HTTPStatus

from shop.errors import NotFound, ShopError


class AddressNotFound(NotFound):
    def __init__(self, address_id: str) -> None:
        super().__init__(f"There is no address {address_id[:64]!r}.")


class TooManyAddresses(ShopError):
    status = HTTPStatus.CONFLICT
    type = "too-many-addresses"
    title = "The address book is full"

    def __init__(self, most: int) -> None:
        super().__init__(f"A user has {most} addresses at most; delete one first.")
