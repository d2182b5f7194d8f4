"""Whatever a bucket has been through: afterwards it shows what it showed at the moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.recover.buckets.plan import (
    EXPIRED,
    IN_REPLICA,
    NOT_REPLICATED,
    ONLY_DELETED,
    Decision,
    Kind,
    Moment,
    Window,
    decide,
    decide_with_witness,
)
from ops.recover.buckets.versions import Entry, History, _sorted

START = datetime(2026, 11, 22, 12, tzinfo=UTC)


def second(number: int) -> datetime:
    return START + timedelta(seconds=number)


class Act(NamedTuple):
    """Someone puts an object, or deletes it; some seconds after the act before."""

    key: str
    puts: bool
    later: int


acts = st.lists(
    st.builds(Act, st.sampled_from(["a", "b"]), st.booleans(), st.integers(0, 2)), max_size=12
)


class Bucket:
    """Versions as S3 keeps and lists them."""

    def __init__(self) -> None:
        self.now = 0
        self._log: list[tuple[str, Entry]] = []

    def act(self, act: Act) -> None:
        """But for the deletion of what never was, which looks as if something had been there."""
        self.now += act.later
        if act.puts or any(key == act.key for key, _ in self._log):
            self.add(act.key, puts=act.puts)

    def add(self, key: str, *, puts: bool) -> None:
        version = f"v{len(self._log)}"
        entry = Entry(version, second(self.now), is_latest=False, is_marker=not puts, etag=version)
        self._log.append((key, entry))

    def shown(self, key: str, until: datetime | None = None) -> str | None:
        """What a reader got then, by the ETag of its content."""
        found = [each for name, each in self._log if name == key]
        if until:
            found = [each for each in found if each.modified <= until]
        return None if not found or found[-1].is_marker else found[-1].etag

    def shown_within(self, key: str, moment: datetime) -> set[str | None]:
        """All that it showed at some time in that second."""
        found = [each for name, each in self._log if name == key and each.modified == moment]
        return {None if each.is_marker else each.etag for each in found}

    def history(self, key: str) -> History | None:
        """As listed: the newest first, but versions and deletions in lists of their own."""
        found = [each for name, each in self._log if name == key][::-1]
        if not found:
            return None
        found[0] = found[0]._replace(is_latest=True)
        listed = [each for each in found if not each.is_marker]
        listed += [each for each in found if each.is_marker]
        return History(key, _sorted(listed))

    def restore(self, moment: Moment) -> list[Decision]:
        """What was decided and done."""
        self.now += 1
        done = []
        for key in ("a", "b"):
            history = self.history(key)
            if history is None:
                continue
            decision = decide(history, history, moment)
            if decision.kind is Kind.COPY and decision.wanted:
                if decision.current and decision.current.etag == decision.wanted.etag:
                    continue  # there already: Objects.settled finds that out by the content
                self.add(key, puts=True)
                name, entry = self._log[-1]
                self._log[-1] = (name, entry._replace(etag=decision.wanted.etag))
            elif decision.kind is Kind.HIDE:
                self.add(key, puts=False)
            if decision.kind is not Kind.SAME:
                done.append(decision)
        return done


@given(acts, st.integers(-1, 25))
def test_what_was_shown_is_shown_again_and_a_second_time_there_is_nothing_to_do(
    history: list[Act], at: int
) -> None:
    bucket = Bucket()
    for act in history:
        bucket.act(act)
    at = min(at, bucket.now)
    moment = Moment(second(at))
    then = {key: bucket.shown(key, until=moment.at) for key in ("a", "b")}
    tied = {}
    for key in ("a", "b"):
        found = bucket.history(key)
        if found and found.is_tied(moment.at):
            ties = found.at(moment.at)
            assert ties
            tied[key] = bucket.shown_within(key, ties.modified)
    before = len(bucket._log)
    bucket.restore(moment)
    assert all(each in bucket._log for each in bucket._log[:before]), "nothing is deleted"
    for key in ("a", "b"):
        if key in tied:
            assert bucket.shown(key) in tied[key], "one of what it was within that second"
        else:
            assert bucket.shown(key) == then[key]
    assert bucket.restore(moment) == []


@given(acts)
def test_a_tie_is_told_only_where_there_is_one(history: list[Act]) -> None:
    bucket = Bucket()
    for act in history:
        bucket.act(act._replace(later=act.later + 1))
    for key in ("a", "b"):
        found = bucket.history(key)
        assert not found or not any(found.is_tied(second(at)) for at in range(40))


# --- what may have expired, and what was never replicated -------------------------------------
def entry(at: int, *, marker: bool = False, latest: bool = False) -> Entry:
    return Entry(f"v{at}", second(at), latest, marker, etag=f"e{at}")


@pytest.mark.parametrize("marker", [True, False])
def test_what_was_replaced_before_the_window_is_lost_and_left(*, marker: bool) -> None:
    history = History("k", [entry(9, latest=True), entry(5, marker=marker)])
    decision = decide(history, history, Moment(second(4), (Window("", second(6)),)))
    assert (decision.kind, decision.reason) == (Kind.LOST, EXPIRED)


def test_within_the_window_what_is_not_there_was_not_there() -> None:
    history = History("k", [entry(9, latest=True), entry(6)])
    assert decide(history, history, Moment(second(4), (Window("", second(6)),))).kind is Kind.HIDE


def test_another_prefix_has_another_window() -> None:
    history = History("images/k", [entry(9, latest=True), entry(5)])
    windows = (Window("uploads/", second(8)), Window("images/", second(3)))
    assert decide(history, history, Moment(second(4), windows)).kind is Kind.HIDE


def test_a_deletion_with_nothing_before_it_is_a_loss_for_all_one_knows() -> None:
    history = History("k", [entry(9, latest=True), entry(5, marker=True)])
    decision = decide(history, history, Moment(second(4)))
    assert (decision.kind, decision.reason) == (Kind.LOST, ONLY_DELETED)
    assert decide(history, history, Moment(second(5))).kind is Kind.HIDE


def test_what_came_and_went_within_its_first_second_was_not_there_before() -> None:
    came = [entry(5), entry(5, marker=True)]
    history = History("k", [entry(9, latest=True), *came])
    assert decide(history, history, Moment(second(4))).kind is Kind.HIDE


# --- what only the replica has any more -------------------------------------------------------
REPLICA = History("k", [entry(9, latest=True), entry(3), entry(1)])


@pytest.mark.parametrize(
    "live",
    [
        None,
        History("k", [entry(9, latest=True)]),
        History("k", [entry(9, latest=True), entry(1)]),
        History("k", [entry(9, marker=True, latest=True)]),
        History("k", [entry(9, latest=True), entry(2, marker=True)]),
    ],
)
def test_what_only_the_replica_has_from_then_is_lost_here(live: History | None) -> None:
    decision = decide_with_witness(live, REPLICA, Moment(second(4)))
    assert decision
    assert (decision.kind, decision.reason) == (Kind.ELSEWHERE, IN_REPLICA)
    assert decision.current == (live.visible if live else None)


@pytest.mark.parametrize(
    ("live", "kind"),
    [
        (REPLICA, Kind.COPY),
        (History("k", [entry(9, latest=True), entry(3)]), Kind.COPY),
        # Versions that the replica never got.
        (History("k", [entry(9, latest=True), entry(4)._replace(version_id="x")]), Kind.COPY),
        (History("k", [entry(9, latest=True), entry(3)._replace(version_id="x")]), Kind.COPY),
        # Where a replica has the time of its own making.
        (History("k", [entry(9, latest=True), entry(2)._replace(version_id="v3")]), Kind.COPY),
    ],
)
def test_where_the_version_of_then_is_left_the_replica_is_not_needed(
    live: History, kind: Kind
) -> None:
    decision = decide_with_witness(live, REPLICA, Moment(second(4)))
    assert decision == decide(live, live, Moment(second(4)))
    assert decision.kind is kind


@pytest.mark.parametrize("shown", [entry(5, latest=True), entry(3, marker=True, latest=True)])
def test_what_the_replica_did_not_show_then_needs_nothing(shown: Entry) -> None:
    assert decide_with_witness(None, History("k", [shown]), Moment(second(4))) is None


def test_a_version_that_is_left_is_taken_whatever_the_window() -> None:
    history = History("k", [entry(9, latest=True), entry(3)])
    decision = decide(history, history, Moment(second(4), (Window("", second(8)),)))
    assert (decision.kind, decision.wanted) == (Kind.COPY, entry(3))


def test_of_a_replica_the_version_is_copied_where_nothing_is() -> None:
    replica = History("k", [entry(9, marker=True, latest=True), entry(3)])
    decision = decide(replica, None, Moment(second(4)))
    assert (decision.kind, decision.wanted, decision.current) == (Kind.COPY, entry(3), None)


def test_the_same_version_in_another_bucket_still_has_to_be_looked_at() -> None:
    replica, live = (History("k", [entry(3, latest=True)]) for _ in range(2))
    assert decide(replica, live, Moment(second(4))).kind is Kind.COPY


def test_what_was_not_replicated_is_left_and_told() -> None:
    live = History("k", [entry(3, latest=True)])
    decision = decide(None, live, Moment(second(4)))
    assert (decision.kind, decision.reason) == (Kind.LOST, NOT_REPLICATED)


def test_what_was_added_later_and_not_replicated_is_hidden() -> None:
    live = History("k", [entry(5, latest=True)])
    assert decide(None, live, Moment(second(4))).kind is Kind.HIDE


def test_a_deletion_that_was_not_replicated_needs_nothing() -> None:
    live = History("k", [entry(5, marker=True, latest=True), entry(3)])
    assert decide(None, live, Moment(second(4))).kind is Kind.SAME


def test_a_key_of_neither_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="neither"):
        decide(None, None, Moment(START))
