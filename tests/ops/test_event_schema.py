"""The committed schema of events is what the code makes, and what the code makes fits it."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest

from ops import event_schema, openapi
from ops.errors import OperationError
from orders.models import Order, OrderItem, ShippingAddress
from orders.order_events import OrderEvent, of_record
from orders.repository import StoredOrder, order_row
from orders.states import OrderStatus
from shop.contracts.orders import OrderEventType
from shop.dynamo import to_wire
from shop.ids import new_id

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ops.committed import Committed

NOW = "2026-01-31T08:30:00.123Z"
FILES = [event_schema.FILE, openapi.FILE]


@pytest.fixture(scope="module")
def committed() -> jsonschema_rs.Draft202012Validator:
    """The committed schema; formats are checked, too."""
    schema = json.loads(event_schema.FILE.path.read_text())
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True)


def event(status: OrderStatus = OrderStatus.PENDING, *, previous: OrderStatus | None = None) -> Any:
    """An event's ``detail``, made from a record of the stream as on its way to the bus."""
    images = {"NewImage": image(status)} | ({"OldImage": image(previous)} if previous else {})
    keys = to_wire({"pk": images["NewImage"]["pk"]["S"], "sk": images["NewImage"]["sk"]["S"]})
    made = of_record({"dynamodb": {"Keys": keys, **images}})
    assert isinstance(made, OrderEvent)
    return json.loads(made.model_dump_json(by_alias=True))


def image(status: OrderStatus) -> dict[str, Any]:
    item = OrderItem(
        id=new_id(), product_id=new_id(), name="Wool Blanket", quantity=2, price=Decimal("45.50")
    )
    order = Order(
        id="5b0f3f0c7e6f5d0e8e5d9f0a1b2c3d4e",
        user_id=new_id(),
        order_date=NOW,
        total_amount=Decimal("91.00"),
        status=status,
        shipping_address_id=new_id(),
        shipping_address=ShippingAddress(
            street="12 Harbour Lane", city="Galway", state=None, zip_code=None, country="Ireland"
        ),
        items=[item],
        created_at=NOW,
        updated_at=NOW,
    )
    return to_wire(order_row(StoredOrder(order, version=1)))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_committed_file_is_current_and_drift_is_noticed(file: Committed, tmp_path: Path) -> None:
    file.check()
    edited = file._replace(path=tmp_path / file.path.name)
    edited.path.write_text(file.path.read_text().replace('"Galway"', '"Cork"'))
    assert not edited.is_current()
    with pytest.raises(OperationError, match=f"{file.path.name} is not .* run: make {file.target}"):
        edited.check()
    assert edited.write()
    assert edited.path.read_text() == file.path.read_text()
    assert not edited.write(), "it was current already"


def test_a_file_that_is_not_there_is_written(tmp_path: Path) -> None:
    missing = event_schema.FILE._replace(path=tmp_path / "schema.json")
    assert not missing.is_current()
    assert missing.write()
    missing.check()


def test_a_change_of_the_type_is_drift(monkeypatch: pytest.MonkeyPatch) -> None:
    class OtherEvent(OrderEvent):
        reason: str

    monkeypatch.setattr(event_schema, "OrderEvent", OtherEvent)
    assert not event_schema.FILE.is_current()


def test_the_schema_names_its_dialect_and_no_host_of_ours() -> None:
    schema = json.loads(event_schema.FILE.path.read_text())
    assert schema.pop("$schema") == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == "urn:shop:order-event"
    assert schema["title"] == "OrderEvent"
    assert schema["description"]
    assert "//" not in json.dumps(schema)
    assert set(schema["$defs"]["OrderEventType"]["enum"]) == set(OrderEventType)


@pytest.mark.parametrize("status", OrderStatus)
def test_events_of_the_code_fit_the_committed_schema(
    committed: jsonschema_rs.Draft202012Validator, status: OrderStatus
) -> None:
    previous = None if status is OrderStatus.PENDING else OrderStatus.PENDING
    committed.validate(event(status, previous=previous))


def _without_version(made: dict[str, Any]) -> None:
    del made["version"]


def _unknown_type(made: dict[str, Any]) -> None:
    made["type"] = "OrderLost"


def _price_as_number(made: dict[str, Any]) -> None:
    made["order"]["items"][0]["price"] = 45.5


def _no_time(made: dict[str, Any]) -> None:
    made["occurredAt"] = "yesterday"


@pytest.mark.parametrize("spoil", [_without_version, _unknown_type, _price_as_number, _no_time])
def test_what_is_no_event_does_not_fit(
    committed: jsonschema_rs.Draft202012Validator, spoil: Callable[[dict[str, Any]], None]
) -> None:
    made = event()
    committed.validate(made)
    spoil(made)
    assert not committed.is_valid(made)
