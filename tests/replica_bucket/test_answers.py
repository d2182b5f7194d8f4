"""CloudFormation that does not listen, or asks for what cannot be."""

from __future__ import annotations

import http.client
from typing import Any

import pytest

from replica_bucket.answer import LONGEST_SECONDS
from replica_bucket.handler import handler
from tests.replica_bucket.cloudformation import PROPERTIES, URL, CloudFormation, Context, event
from tests.replica_bucket.faults import Faults, refusal


@pytest.mark.parametrize("refused", [1, 2, 3])
@pytest.mark.parametrize(
    "failure",
    [TimeoutError("slow"), http.client.RemoteDisconnected("gone"), http.client.BadStatusLine("?")],
)
def test_an_answer_that_is_not_taken_is_sent_again(
    cloudformation: CloudFormation, pauses: list[float], refused: int, failure: Exception
) -> None:
    cloudformation.refuse, cloudformation.failure = refused, failure
    answer = cloudformation.ask("Create")
    assert answer["Status"] == "SUCCESS"
    assert len(cloudformation.requests) == refused + 1
    assert len({each.data for each in cloudformation.requests}) == 1
    assert pauses == [1, 2, 4][:refused]


def test_an_answer_that_is_never_taken_is_an_error_so_that_lambda_tries_again(
    cloudformation: CloudFormation, pauses: list[float]
) -> None:
    cloudformation.refuse = 99
    with pytest.raises(OSError, match="503"):
        cloudformation.ask("Create")
    assert len(cloudformation.requests) == 4
    assert sum(pauses) + 4 * 4 == LONGEST_SECONDS
    cloudformation.refuse = 0
    assert cloudformation.ask("Create")["Status"] == "SUCCESS"


def test_the_answer_is_what_cloudformation_wants(cloudformation: CloudFormation) -> None:
    answer = cloudformation.ask("Create")
    asked = event("Create")
    for name in ("StackId", "RequestId", "LogicalResourceId"):
        assert answer[name] == asked[name]
    (request,) = cloudformation.requests
    assert request.get_method() == "PUT"
    assert request.full_url == URL
    assert request.headers == {"Content-type": ""}  # as it was signed


def test_a_long_reason_is_cut_so_that_the_answer_is_taken(
    cloudformation: CloudFormation, faults: Faults
) -> None:
    """CloudFormation takes 4096 bytes, and not one more."""
    faults.plan("CreateBucket", refusal("InvalidRequest", message="\N{GRINNING FACE}" * 5000))
    answer = cloudformation.ask(
        "Create", LogicalResourceId="L" * 255, PhysicalResourceId="p" * 1024
    )
    assert answer["Reason"].endswith("…")
    assert answer["Reason"].startswith("S3 refused CreateBucket")


def test_the_signed_address_is_never_logged(
    cloudformation: CloudFormation, capsys: pytest.CaptureFixture[str]
) -> None:
    cloudformation.refuse = 2
    cloudformation.ask("Create")
    logged = capsys.readouterr()
    assert '"replica bucket"' in logged.out
    assert "secret" not in logged.out + logged.err


# --- requests that are none -------------------------------------------------------------------
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"RequestType": "Read"}, "'Read' is none of"),
        ({"RequestType": None}, "None is none of"),
        ({"StackId": "arn:aws:sns:eu-west-1:1:topic"}, "is not a stack's"),
        ({"StackId": None}, "is not a stack's"),
        ({"ResourceProperties": None}, "not those of a replica"),
        ({"ResourceProperties": {}}, "'Region'"),
        ({"ResourceProperties": {**PROPERTIES, "Kept": [{"Id": "x"}]}}, "Prefix"),
        ({"ResourceProperties": {**PROPERTIES, "Kept": "x"}}, "not those of a replica"),
        ({"ResourceProperties": {**PROPERTIES, "Tags": []}}, "not those of a replica"),
        ({"ResourceProperties": {**PROPERTIES, "TlsOnly": "perhaps"}}, "perhaps"),
        ({"ResourceProperties": {**PROPERTIES, "NamePrefix": "x" * 60}}, "cannot be the name"),
        ({"ResourceProperties": {**PROPERTIES, "NamePrefix": "A-"}}, "cannot be the name"),
        (
            {"ResourceProperties": {**PROPERTIES, "Region": "eu-central-1"}},
            "in eu-central-1, where the stack itself is",
        ),
    ],
)
def test_a_request_that_cannot_be_met_is_refused_with_words_and_without_a_call(
    cloudformation: CloudFormation, faults: Faults, change: dict[str, Any], words: str
) -> None:
    answer = cloudformation.ask("Create", **change)
    assert answer["Status"] == "FAILED"
    assert words in answer["Reason"]
    assert answer["PhysicalResourceId"]
    assert faults.calls == []


@pytest.mark.parametrize("missing", ["RequestId", "LogicalResourceId", "StackId", "RequestType"])
def test_what_a_request_lacks_is_empty_in_its_answer(
    cloudformation: CloudFormation, missing: str
) -> None:
    given = event("Create")
    del given[missing]
    handler(given, Context())
    assert cloudformation.answer.get(missing, "") == ""
    assert cloudformation.answer["Status"] in ("SUCCESS", "FAILED")


@pytest.mark.parametrize("url", [None, "", "file:///etc/passwd", "ftp://example.com"])
def test_without_an_address_nobody_can_be_told(
    cloudformation: CloudFormation, url: str | None
) -> None:
    with pytest.raises(ValueError, match="no web address"):
        handler(event("Delete", ResponseURL=url), Context())
    assert cloudformation.requests == []
