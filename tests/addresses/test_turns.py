"""That the orders which other tests rely on are all there are."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from shop.errors import Unavailable
from tests.addresses.turns import Turns, every_order

if TYPE_CHECKING:
    from tests.addresses.turns import Pick
    from tests.addresses.world import Store


def test_every_order_of_the_calls_comes_once(store: Store) -> None:
    turns = Turns(store.client)

    def operation(name: str, made: list[str]) -> str:
        for _ in range(2):
            store.count()
            made.append(name)
        return name

    def run(pick: Pick) -> str:
        made: list[str] = []
        results = turns.run([partial(operation, name, made) for name in "ab"], pick)
        assert results == ["a", "b"]
        return "".join(made)

    assert sorted(map(str, every_order(run))) == ["aabb", "abab", "abba", "baab", "baba", "bbaa"]


def test_an_error_for_the_client_is_an_outcome_like_any_other(store: Store) -> None:
    def refuse() -> None:
        raise Unavailable

    assert Turns(store.client).run([refuse], min) == ["Unavailable"]
