"""The schema of the events that tell of orders; committed as docs/order-event.schema.json.

Consumers in other code bases hold on to it: it is made from the type that the events are made with.
"""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from ops.committed import Committed
from ops.paths import ROOT
from orders.order_events import OrderEvent

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


class _WithoutFieldTitles(GenerateJsonSchema):
    """They would only be the names of the fields again."""

    def field_title_should_be_set(self, *_: object) -> bool:
        return False


def build() -> dict[str, Any]:
    """The schema of an event's ``detail`` as JSON values."""
    schema = OrderEvent.model_json_schema(
        by_alias=True, mode="serialization", schema_generator=_WithoutFieldTitles
    )
    for each in (schema, *schema["$defs"].values()):
        # Events grow by adding fields, which nobody who holds on to this schema should refuse.
        each.pop("additionalProperties", None)
    return {"$schema": _DIALECT, "$id": "urn:shop:order-event", **schema}


FILE = Committed(ROOT / "docs" / "order-event.schema.json", build, target="events")
