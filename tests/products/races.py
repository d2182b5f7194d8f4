"""Others who write at the worst moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from products import image_store
from shop import dynamo

if TYPE_CHECKING:
    from collections.abc import Callable


def interrupt(operation: str, action: Callable[[], Any], *, times: int = 1) -> list[str]:
    """Before each of the next ``times`` calls of ``operation``, ``action`` happens first.

    The list that comes back grows by one whenever that was so. Calls of the action itself are not
    interrupted.
    """
    happened: list[str] = []
    acting = False

    def act(model: Any, **_: Any) -> None:
        nonlocal acting
        if acting or model.name != operation or len(happened) == times:
            return
        acting = True
        happened.append(operation)
        action()
        acting = False

    for client in (dynamo.client(), image_store.client()):
        client.meta.events.register("before-call", act)
    return happened
