"""Any order of registering, signing in, changing, deleting: as a plain model has it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from tests.users.world import Answer, Client, Clock, Store, deliver, removal

if TYPE_CHECKING:
    from shop.identity import Caller

pytestmark = pytest.mark.exhaustive

# Spellings by address, decided by hand and not by the code under test.
SPELLINGS = {
    "one": ["reader@example.com", "READER@Example.COM", "\uff52eader@example.com"],
    "two": ["stra\u00dfe@example.org", "STRASSE@EXAMPLE.org"],
    "three": ["\u00e9@b\u00fccher.example", "e\u0301@xn--bcher-kva.example"],
    "four": ["reader@example.org"],
}
ADDRESSES = st.sampled_from([(name, each) for name in SPELLINGS for each in SPELLINGS[name]])
PASSWORDS = st.sampled_from(["four words of mine", "five words of my own", "six words, all my own"])


@dataclass
class Owner:
    """What the model knows of an account."""

    id: str
    typed: str
    password: str
    first_name: str | None = None
    alive: set[str] = field(default_factory=set)
    """Ids of sessions that last."""


@dataclass(frozen=True)
class Device:
    """A session, as its device knows it."""

    caller: Caller
    refresh_token: str


class Turns(RuleBasedStateMachine):
    """Each turn is two hours after the last, so no failure blocks, and no token is in its grace."""

    devices: Bundle[Device] = Bundle("devices")

    def __init__(self, store: Store, clock: Clock, visitor: Client) -> None:
        super().__init__()
        for row in store.rows():  # of the example before
            store.remove(row)
        self._clock = clock
        self._store = store
        self._visitor = visitor
        self.owners: dict[str, Owner] = {}

    # --- what anyone does -------------------------------------------------------------------
    @rule(address=ADDRESSES, password=PASSWORDS)
    def register(self, address: tuple[str, str], password: str) -> None:
        name, typed = address
        answer = self._visitor.register(typed, password)
        if name in self.owners:
            assert answer.problem == (409, "email-taken")
        else:
            assert answer.status == 201
            self.owners[name] = Owner(answer.body["id"], typed, password)

    @rule(target=devices, address=ADDRESSES, password=PASSWORDS)
    def sign_in(self, address: tuple[str, str], password: str) -> Device | MultipleResults[Device]:
        name, typed = address
        self._clock.advance(hours=2)
        answer = self._visitor.sign_in(typed, password)
        owner = self.owners.get(name)
        if owner is None or owner.password != password:
            assert answer.problem == (401, "invalid-credentials")
            return multiple()
        assert answer.status == 201
        assert answer.caller.user_id == owner.id
        owner.alive.add(answer.caller.session_id)
        return Device(answer.caller, answer.body["refreshToken"])

    # --- what a device does -----------------------------------------------------------------
    @rule(target=devices, device=consumes(devices))
    def refresh(self, device: Device) -> Device | MultipleResults[Device]:
        self._clock.advance(hours=2)
        answer = self._visitor.refresh(device.refresh_token)
        if not self._owner(device):
            assert answer.problem == (401, "invalid-refresh-token")
            return multiple()
        assert answer.status == 200
        return Device(answer.caller, answer.body["refreshToken"])

    @rule(device=devices)
    def refresh_as_a_thief(self, device: Device) -> None:
        """Someone has copied the token, and uses it first. The owner's turn ends the session."""
        answer = self._visitor.refresh(device.refresh_token)
        owner = self._owner(device)
        assert (answer.status == 200) is (owner is not None)
        self._clock.advance(hours=2)
        assert self._visitor.refresh(device.refresh_token).status == 401
        if owner:
            owner.alive.discard(device.caller.session_id)
            assert self._visitor.refresh(answer.body["refreshToken"]).status == 401

    @rule(device=devices)
    def sign_out(self, device: Device) -> None:
        if self._expected(device, self._client(device).sign_out(), 204):
            self._alive(device).discard(device.caller.session_id)

    @rule(device=devices, first_name=st.sampled_from(["A", "B", None]))
    def rename(self, device: Device, first_name: str | None) -> None:
        if self._expected(device, self._client(device).change(firstName=first_name), 200):
            self._known(device).first_name = first_name

    @rule(device=devices, address=ADDRESSES)
    def move(self, device: Device, address: tuple[str, str]) -> None:
        name, typed = address
        answer = self._client(device).change(email=typed)
        owner = self._owner(device)
        if owner and self.owners.get(name, owner) is not owner:
            assert answer.problem == (409, "email-taken")
        elif self._expected(device, answer, 200):
            owner = self._known(device)
            self.owners = {k: v for k, v in self.owners.items() if v is not owner}
            self.owners[name] = owner
            owner.typed = typed

    @rule(device=devices, current=PASSWORDS, new=PASSWORDS)
    def change_password(self, device: Device, current: str, new: str) -> None:
        self._clock.advance(hours=2)
        answer = self._client(device).change_password(current, new)
        owner = self._owner(device)
        if owner and owner.password != current:
            assert answer.problem == (401, "invalid-credentials")
        elif self._expected(device, answer, 204):
            owner = self._known(device)
            owner.password = new
            owner.alive = {device.caller.session_id}

    @rule(device=devices, password=PASSWORDS, told=st.booleans())
    def delete(self, device: Device, password: str, *, told: bool) -> None:
        self._clock.advance(hours=2)
        answer = self._client(device).delete(password)
        owner = self._owner(device)
        if owner and owner.password != password:
            assert answer.problem == (401, "invalid-credentials")
        elif self._expected(device, answer, 204):
            owner = self._known(device)
            self.owners = {k: v for k, v in self.owners.items() if v is not owner}
            if told:  # the stream may be late
                deliver(self._visitor.context, removal(owner.id))
                assert self._store.sessions(owner.id) == []

    @rule(device=devices)
    def look(self, device: Device) -> None:
        answer = self._client(device).me()
        if self._expected(device, answer, 200):
            owner = self._known(device)
            shown = (answer.body["id"], answer.body["email"], answer.body["firstName"])
            assert shown == (owner.id, owner.typed, owner.first_name)

    # --- what is always so ------------------------------------------------------------------
    @invariant()
    def the_table_has_the_accounts_of_the_model_each_with_its_marker(self) -> None:
        rows = {row["pk"]: row["email"] for row in self._store.check()}
        assert rows == {f"USER#{each.id}": each.typed for each in self.owners.values()}

    def _client(self, device: Device) -> Client:
        return Client(self._visitor.context, device.caller)

    def _owner(self, device: Device) -> Owner | None:
        """Whose session it is, while it lasts."""
        for owner in self.owners.values():
            if owner.id == device.caller.user_id and device.caller.session_id in owner.alive:
                return owner
        return None

    def _known(self, device: Device) -> Owner:
        owner = self._owner(device)
        assert owner
        return owner

    def _alive(self, device: Device) -> set[str]:
        return self._known(device).alive

    def _expected(self, device: Device, answer: Answer, status: int) -> bool:
        """Whether it went well, which it does exactly for those who are signed in."""
        if self._owner(device):
            assert answer.status == status, answer.body
            return True
        assert answer.problem == (401, "unauthenticated")
        return False


def test_any_order_of_turns(store: Store, clock: Clock, visitor: Client) -> None:
    run_state_machine_as_test(
        lambda: Turns(store, clock, visitor),  # type: ignore[arg-type]  # all that makes one will do
        settings=settings(max_examples=25, stateful_step_count=30),
    )
