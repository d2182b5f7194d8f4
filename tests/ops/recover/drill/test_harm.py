"""What a table must be once its harm is mended: those rows as they were, all else as it is."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ops.recover.drill.harm import Harm
from ops.recover.drill.history import key_text
from ops.recover.drill.snapshot import Snapshot

PARTITIONS = ("USER#1", "USER#2")
KEYS = [key_text({"pk": {"S": pk}, "sk": {"S": sk}}) for pk in PARTITIONS for sk in "ab"]
tables = st.dictionaries(st.sampled_from(KEYS), st.integers(0, 3).map(lambda n: {"n": {"N": n}}))


@given(tables, tables, st.sets(st.sampled_from(KEYS)), st.sets(st.sampled_from(PARTITIONS)))
def test_what_was_broken_is_as_it_was_and_all_else_as_it_is(
    broken: dict[str, Any], good: dict[str, Any], keys: set[str], partitions: set[str]
) -> None:
    harm = Harm(keys={"Users": sorted(keys)}, partitions={"Users": sorted(partitions)})
    mended = harm.mended("Users", broken, good)
    for key in KEYS:
        concerned = key in keys or any(f'"{each}"' in key for each in partitions)
        assert harm.concerns("Users", key) is concerned
        assert mended.get(key) == (good if concerned else broken).get(key)
    assert harm.mended("Orders", broken, good) == broken


def test_what_went_along_is_counted_by_what_came_of_it() -> None:
    """Only rows that were not broken by hand, that hang on what was, and are another now."""
    counts = Counter({"Users rows deleted": 1, "Orders rows deleted": 1})
    partitions = {"Users": ["USER#1"], "Orders": ["USER#1"]}
    harm = Harm(counts, keys={"Users": [KEYS[0]]}, partitions=partitions)
    good: dict[str, Any] = {key: {"n": {"N": "1"}} for key in KEYS}
    bad = {KEYS[3]: good[KEYS[3]]}  # USER#1 is gone; of USER#2 one row, which is not our doing
    harm.note_followed(
        Snapshot({"Users": good, "Orders": good}, {}), Snapshot({"Users": bad, "Orders": good}, {})
    )
    assert harm.counts == {
        "Users rows deleted": 1,
        "Users rows gone with an account": 1,
        "Orders rows deleted": 1,
    }
    assert harm.rows("Users") == 2
    assert harm.told() == {
        "Users": {"deleted": 1, "gone with an account": 1, "in all": 2},
        "Orders": {"deleted": 1, "in all": 1},
    }


def test_keys_and_partitions_are_told_as_the_command_takes_them() -> None:
    harm = Harm(keys={"Users": [KEYS[0]]}, partitions={"Users": ["USER#2"]})
    assert harm.lines("Users") == [KEYS[0], "USER#2"]
    assert harm.lines("Orders") == []
