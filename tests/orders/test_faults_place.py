"""A call to AWS goes wrong while an order is placed or moved; the client keeps asking."""

from __future__ import annotations

from itertools import count, product
from typing import TYPE_CHECKING

import pytest

from shop import dynamo
from tests.orders.faults import DONE, Faults, Kind
from tests.orders.scenes import CANCEL, OPERATIONS, PLACE, Operation, Scene

if TYPE_CHECKING:
    from tests.orders.faults import Accident
    from tests.orders.world import Client, Customer, Shop

pytestmark = pytest.mark.slow

WRITES = {"TransactWriteItems"}
SECONDS = (Kind.KILLED_AFTER, Kind.UNHEARD, Kind.THROTTLED)


@pytest.fixture
def scene(shop: Shop, customer: Customer, admin: Client, patient: None) -> Scene:
    return Scene(shop, customer, admin, Faults(dynamo.client()))


def calls_of(scene: Scene, operation: Operation, accidents: dict[int, Accident]) -> list[str]:
    """The calls that it takes, until the client has its answer."""
    scene.goes_through(operation, accidents)
    assert scene.faults.all_happened()
    return scene.faults.calls.copy()


@pytest.mark.parametrize(
    "operation",
    [
        pytest.param(each, marks=() if each in (PLACE, CANCEL) else pytest.mark.exhaustive)
        for each in OPERATIONS
    ],
    ids=str,
)
def test_any_call_may_go_wrong(scene: Scene, operation: Operation) -> None:
    calm = calls_of(scene, operation, {})
    assert set(calm) & WRITES
    for (place, call), kind in product(enumerate(calm), Kind):
        heard = scene.goes_through(operation, {place: kind})
        assert scene.faults.all_happened()
        first = heard[0]
        done = kind in DONE and (call in WRITES or kind not in (Kind.KILLED_AFTER, Kind.UNHEARD))
        if kind in (Kind.KILLED_BEFORE, Kind.KILLED_AFTER):
            assert first is None
        elif done:  # and nobody notices
            assert len(heard) == 1
        else:
            assert first
            assert first.status == 503


@pytest.mark.exhaustive
@pytest.mark.parametrize("first", Kind, ids=lambda kind: kind.name)
@pytest.mark.parametrize("operation", [PLACE, CANCEL], ids=str)
def test_any_two_calls_may_go_wrong(scene: Scene, operation: Operation, first: Kind) -> None:
    """Also calls of the client's next request, and those that there are only after an accident."""
    tried = 0
    for place in count():
        if place >= len(calls_of(scene, operation, {})):
            break
        after = len(calls_of(scene, operation, {place: first}))
        for later in range(place + 1, after):
            for second in SECONDS:
                calls_of(scene, operation, {place: first, later: second})
                tried += 1
    assert tried >= len(SECONDS)
