"""What ``cdk deploy`` alone leaves is a shop that works, with nothing in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import requests

pytestmark = pytest.mark.e2e

NOTHING: dict[str, Any] = {"items": [], "nextCursor": None}


@pytest.mark.usefixtures("stack")
def test_a_shop_works_before_anything_is_loaded(
    before_seeding: dict[str, requests.Response],
) -> None:
    """The stack was asked after its deployment, and before it was seeded."""
    answers = {path: (each.status_code, each.json()) for path, each in before_seeding.items()}
    status, registered = answers.pop("/users")
    assert (status, answers.pop("/users/me")) == (201, (200, registered))
    assert answers.pop("/sessions")[0] == 201
    assert answers == {
        "/health": (200, {"status": "ok"}),
        "/categories": (200, {"items": []}),
        "/products": (200, NOTHING),
        "/products?name=a": (200, NOTHING),
        "/addresses": (200, NOTHING),
        "/orders": (200, NOTHING),
    }
