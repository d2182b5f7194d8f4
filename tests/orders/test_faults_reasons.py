"""A transaction is cancelled, for any reason at any of its places: what then comes of the order."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING, Any

import pytest

from shop import deadline, dynamo
from shop.dynamo import to_wire
from tests.orders.faults import CONFLICT, FAILED, PASSING, Faults, reasons
from tests.orders.scenes import CANCEL_3, PAY, PLACE, PLACE_3, Operation, Scene

if TYPE_CHECKING:
    from tests.orders.world import Client, Customer, Shop

pytestmark = pytest.mark.slow

WRITE = "TransactWriteItems"
KINDS = ["Put", "ConditionCheck", "ConditionCheck", "Update"]
ORDER, USER, ADDRESS, PRODUCT = range(4)
EVERY = [CONFLICT, *(pytest.param(each, marks=pytest.mark.exhaustive) for each in PASSING[1:])]


@pytest.fixture
def scene(shop: Shop, customer: Customer, admin: Client, patient: None) -> Scene:
    return Scene(shop, customer, admin, Faults(dynamo.client()))


def transaction(scene: Scene, operation: Operation) -> tuple[int, list[dict[str, Any]]]:
    """The call that writes, and its actions."""
    scene.goes_through(operation, {})
    place = scene.faults.calls.index(WRITE)
    return place, scene.faults.bodies[place]["TransactItems"]


@pytest.mark.parametrize("reason", EVERY)
@pytest.mark.parametrize(
    "operation",
    [
        PLACE,
        PAY,
        *(pytest.param(each, marks=pytest.mark.exhaustive) for each in (PLACE_3, CANCEL_3)),
    ],
    ids=str,
)
def test_what_passes_is_tried_again_wherever_it_was_met(
    scene: Scene, operation: Operation, reason: str
) -> None:
    call, actions = transaction(scene, operation)
    for place in range(len(actions)):
        told = reasons(len(actions), {place: reason})
        (answer,) = scene.goes_through(operation, {call: told, call + 1: told})
        assert answer
        assert answer.status in (200, 201)
        assert scene.faults.calls.count(WRITE) == 3


def gone(scene: Scene, action: dict[str, Any]) -> dict[str, Any]:
    """The reason of an action that failed, with the row as it would have to be for that."""
    ((kind, request),) = action.items()
    if kind == "ConditionCheck":
        return {"Code": FAILED}  # which tells nothing of what is not ours
    row = scene.shop.product(request["Key"]["pk"]["S"].removeprefix("PRODUCT#"))
    return {"Code": FAILED, "Item": to_wire(row | {"stock": 0})}


@pytest.mark.parametrize("passing", EVERY)
@pytest.mark.parametrize(
    "operation", [PLACE, pytest.param(PLACE_3, marks=pytest.mark.exhaustive)], ids=str
)
def test_a_failed_condition_is_final_unless_the_order_may_just_be_placed(
    scene: Scene, operation: Operation, passing: str
) -> None:
    """One action cannot be judged, and the condition of another one has failed, once."""
    call, actions = transaction(scene, operation)
    kinds = [next(iter(each)) for each in actions]
    assert kinds == KINDS + ["Update"] * (operation.products - 1)
    for met, failed in permutations(range(len(actions)), 2):
        if failed == ORDER:
            continue  # then the order is there, and the only answer
        told = reasons(len(actions), {met: passing, failed: gone(scene, actions[failed])})
        scene.begin(operation)
        scene.faults.plan({call: told})
        answer = scene.faults.during(scene.request())
        if met == ORDER or failed == ADDRESS:
            assert answer.status == 201
            scene.assert_done_once()
            continue
        wanted = (401, "unauthenticated") if failed == USER else (409, "insufficient-stock")
        assert answer.problem == wanted
        if failed >= PRODUCT:
            named = [each["productId"] for each in answer.body["products"]]
            assert named == [scene.sold[failed - PRODUCT]]
        scene.assert_not_done()
        # What was refused for good is done when asked again, once it can be.
        assert scene.faults.during(scene.request()).status == 201
        scene.assert_done_once()


@pytest.mark.parametrize("passing", EVERY)
def test_what_cannot_go_back_waits_until_it_is_known_where_the_order_is(
    scene: Scene, passing: str
) -> None:
    call, actions = transaction(scene, CANCEL_3)
    for failed in range(1, len(actions)):
        told = reasons(len(actions), {ORDER: passing, failed: gone(scene, actions[failed])})
        (answer,) = scene.goes_through(CANCEL_3, {call: told})
        assert answer
        assert answer.status == 200
        told = reasons(len(actions), {failed: gone(scene, actions[failed])})
        scene.begin(CANCEL_3)
        scene.faults.plan({call: told})
        refused = scene.faults.during(scene.request())
        assert refused.problem == (409, "stock-limit")
        scene.assert_not_done()


@pytest.mark.parametrize(("seconds", "writes"), [(0.0, {6}), (0.9, {6}), (2.9, {4, 5})])
@pytest.mark.parametrize("operation", [PLACE_3, CANCEL_3, PAY], ids=str)
def test_conflicts_without_end_are_answered_in_time(
    scene: Scene,
    operation: Operation,
    monkeypatch: pytest.MonkeyPatch,
    seconds: float,
    writes: set[int],
) -> None:
    """Each call takes some time, and so does each wait, as long as it can be."""
    call, actions = transaction(scene, operation)
    now = [1000.0]

    def wait(some: float) -> None:
        now[0] += some

    monkeypatch.setattr("time.monotonic", lambda: now[0])
    monkeypatch.setattr("time.sleep", wait)
    monkeypatch.setattr("random.uniform", lambda _, most: most)
    scene.begin(operation)
    conflict = reasons(len(actions), {ORDER: CONFLICT})
    scene.faults.plan(dict.fromkeys(range(call, 100), conflict))
    scene.faults.before = lambda _: wait(seconds)
    answer = scene.faults.during(scene.request())
    assert answer.problem == (503, "unavailable")
    assert int(answer.headers["Retry-After"]) >= 1
    assert deadline.remaining() >= 0
    assert scene.faults.calls.count(WRITE) in writes
    scene.faults.plan({})
    scene.faults.before = lambda _: None
    scene.assert_not_done()
    assert scene.faults.during(scene.request()).status in (200, 201)
    scene.assert_done_once()
