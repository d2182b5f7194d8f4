"""Several operations at once, one call to DynamoDB at a time, in any order that there can be.

moto's transactions are no transactions to each other, so no two calls may overlap; which of the
operations makes the next call is all that a schedule decides.
"""

from __future__ import annotations

import random
from threading import Semaphore, Thread, current_thread
from typing import TYPE_CHECKING, Any

from shop.errors import ShopError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

type Operation = Callable[[], object]
type Pick = Callable[[list[int]], int]
"""Which operation goes on, of those that are not done yet."""


def outcome(operation: Operation) -> object:
    """What ``operation`` returns, or the name of the error that its client would see."""
    try:
        return operation()
    except ShopError as error:
        return type(error).__name__


class _Runner:
    """An operation in a thread of its own, which stops before every call."""

    def __init__(self, operation: Operation) -> None:
        self.go, self.stopped = Semaphore(0), Semaphore(0)
        self.result: object = None
        self.failure: BaseException | None = None
        self.done = False
        self._operation = operation
        self.thread = Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        try:
            self.result = outcome(self._operation)
        except BaseException as error:  # noqa: BLE001  (raised again where the test sees it)
            self.failure = error
        self.done = True
        self.stopped.release()

    def stop(self) -> None:
        """Within the thread: wait to be let on."""
        self.stopped.release()
        self.go.acquire()

    def wait(self) -> None:
        assert self.stopped.acquire(timeout=60)

    def step(self) -> None:
        """Make one call, and go on to the next or to the end."""
        self.go.release()
        self.wait()


class Turns:
    """Lets operations on one client take turns."""

    def __init__(self, client: DynamoDBClient) -> None:
        self._runners: list[_Runner] = []
        client.meta.events.register("before-call.dynamodb", self._before_call)

    def _before_call(self, **_: Any) -> None:
        for runner in self._runners:
            if runner.thread is current_thread():
                runner.stop()

    def run(self, operations: Sequence[Operation], pick: Pick) -> list[object]:
        """The outcomes of ``operations``, when ``pick`` says who makes each call."""
        self._runners = [_Runner(operation) for operation in operations]
        for runner in self._runners:
            runner.thread.start()
            runner.wait()  # at its first call
        while alive := [n for n, each in enumerate(self._runners) if not each.done]:
            self._runners[pick(alive)].step()
        for runner in self._runners:
            runner.thread.join()
            if runner.failure:
                raise runner.failure
        return [runner.result for runner in self._runners]


def by_chance(seed: int) -> Pick:
    """The same order for the same ``seed``."""
    return random.Random(seed).choice  # noqa: S311  (no secret)


def every_order[Result](run: Callable[[Pick], Result]) -> Iterator[Result]:
    """What ``run`` gives for each order of calls that there is, one after the other."""
    ahead: list[int] | None = []
    while ahead is not None:
        order = _Order(ahead)
        yield run(order.pick)
        ahead = order.next()


class _Order:
    """An order of calls that begins with the choices ``ahead``, and goes on with the first."""

    def __init__(self, ahead: list[int]) -> None:
        self._ahead = ahead
        self._taken: list[tuple[int, list[int]]] = []

    def pick(self, alive: list[int]) -> int:
        place = len(self._taken)
        chosen = self._ahead[place] if place < len(self._ahead) else alive[0]
        self._taken.append((chosen, alive))
        return chosen

    def next(self) -> list[int] | None:
        """The choices that begin the next order, if there is one: the last that can move does."""
        for place in reversed(range(len(self._taken))):
            chosen, alive = self._taken[place]
            later = [each for each in alive if each > chosen]
            if later:
                return [*(each for each, _ in self._taken[:place]), later[0]]
        return None
