"""What can become of an order."""

from __future__ import annotations

from orders import states
from orders.states import TRANSITIONS, OrderStatus

S = OrderStatus


def test_the_table_is_the_contracts() -> None:
    """PENDING -> PAID -> SHIPPED -> DELIVERED; PENDING or PAID -> CANCELLED."""
    assert {(here, to) for here, following in TRANSITIONS.items() for to in following} == {
        (S.PENDING, S.PAID),
        (S.PAID, S.SHIPPED),
        (S.SHIPPED, S.DELIVERED),
        (S.PENDING, S.CANCELLED),
        (S.PAID, S.CANCELLED),
    }


def test_every_status_is_in_the_table_and_fits_its_column() -> None:
    assert list(TRANSITIONS) == list(OrderStatus)
    assert all(each.isupper() and len(each) <= 50 for each in OrderStatus)


def test_no_order_comes_twice_to_a_status() -> None:
    """Events tell by it what has happened, and a repeated move is told where the order is."""

    def beyond(status: OrderStatus) -> set[OrderStatus]:
        following = set(TRANSITIONS[status])
        return following.union(*map(beyond, following))

    assert not any(status in beyond(status) for status in OrderStatus)


def test_the_table_in_words_is_the_table() -> None:
    assert states.described() == (
        "PENDING to PAID or CANCELLED; PAID to SHIPPED or CANCELLED; SHIPPED to DELIVERED"
    )
