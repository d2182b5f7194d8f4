"""Indexes that code queries, or would: whose they are, and what may become of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cdk.schema.planned import refused, step
from tests.cdk.schema.templates import TABLE, doctored, function, on, table, template

if TYPE_CHECKING:
    from pathlib import Path

WITH, WITHOUT = table(indexes={"by-kind": "kind S"}), table()


def test_an_index_that_deployed_code_may_query_is_not_deleted(tmp_path: Path) -> None:
    """Not even together with the grant: the old code runs until the new one is there."""
    before = template(WITH, **function("things", *on(TABLE, "by-kind")))
    after = template(WITHOUT, **function("things", *on(TABLE)))
    refusal = refused(before, after, tmp_path)
    assert refusal.rule == "index-in-use"
    assert "the deployed code of things may query it" in refusal.reason
    between = template(WITH, **function("things", *on(TABLE)))
    assert step(before, between, tmp_path).is_one_step
    assert step(between, after, tmp_path).is_one_step


@pytest.mark.parametrize("arn", ["/index/*", "/index/by-*", "/*", "*"])
def test_a_grant_on_any_index_counts(arn: str, tmp_path: Path) -> None:
    granted = {"Fn::Join": ["", [{"Fn::GetAtt": [TABLE, "Arn"]}, arn]]}
    before = template(WITH, **function("things", granted))
    after = template(WITHOUT, **function("things", granted))
    assert refused(before, after, tmp_path).rule == "index-in-use"


def sources(tmp_path: Path, package: str, text: str) -> None:
    folder = tmp_path / "functions" / package
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "repository.py").write_text(text)


def test_an_index_that_code_still_names_is_not_deleted(tmp_path: Path) -> None:
    sources(tmp_path, "things", '"""Things."""\n\nBY_KIND = "by-kind"\n')
    may_use_the_table = function("things", *on(TABLE), action="dynamodb:GetItem")
    before, after = template(WITH, **may_use_the_table), template(WITHOUT, **may_use_the_table)
    refusal = refused(before, after, tmp_path)
    assert refusal.rule == "index-in-use"
    assert "functions/things/repository.py:3" in refusal.reason
    elsewhere = function("things", *on("OthersTable"))
    assert step(template(WITH), template(WITHOUT, **elsewhere), tmp_path).is_one_step


def test_a_grant_on_an_index_that_is_not_there_is_refused(tmp_path: Path) -> None:
    naming = function("things", *on(TABLE, "by-kind", "by-knid"))
    refusal = refused(template(WITH), template(WITH, **naming), tmp_path)
    assert refusal.rule == "index-unknown"
    assert "things is granted an index by-knid" in refusal.reason
    assert not refusal.possible
    right = template(WITH, **function("things", *on(TABLE, "by-kind")))
    assert step(template(WITH), right, tmp_path).is_one_step
    local = table(local_indexes={"by-knid": "pk S, at S"}, indexes={"by-kind": "kind S"})
    assert step(template(local), template(local, **naming), tmp_path).is_one_step


def test_on_purpose_allows_what_is_possible_and_no_more(tmp_path: Path) -> None:
    unprotected = doctored(table(indexes={"by-kind": "kind N"}), "DeletionPolicy", "Delete")
    made = step(template(WITH), template(unprotected), tmp_path)
    assert [each.rule for each in made.refusals] == ["attribute-type", "safeguards"]
    assert [each.rule for each in made.without([TABLE]).refusals] == ["attribute-type"]
    assert made.without(["OthersTable"]).refusals == made.refusals
    removed = step(template(WITH), template(), tmp_path)
    assert not removed.is_one_step
    assert removed.without([TABLE]).is_one_step
