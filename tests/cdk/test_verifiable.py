"""`shop recover verify` knows what it goes by in the template, of an account and locally."""

from __future__ import annotations

from typing import Any

import pytest

from ops.recover.verify.deployed import BUCKET, KEY, Deployed
from ops.recover.verify.event_sources import sources
from ops.recover.verify.policies import wanted_statements
from ops.recover.verify.replicas import replica_of

STACK_ID = "arn:aws:cloudformation:eu-central-1:123456789012:stack/shop/0"
READERS = {
    "UsersTable": 2,
    "OrdersTable": 1,
    "ProductsArrivals": 1,
    "OrdersUnpaidTicks": 1,
    "ExportsTicks": 1,
}


def deployed(template: dict[str, Any]) -> Deployed:
    """Every resource is called as it is in the template."""
    resources = template["Resources"]
    return Deployed(resources, {name: name for name in resources}, STACK_ID)


@pytest.mark.parametrize("which", ["template", "local_template"])
def test_all_that_has_to_be_there_is_looked_for(which: str, request: pytest.FixtureRequest) -> None:
    stack = deployed(request.getfixturevalue(which))
    found = sources(stack)
    assert {each.resource.label: len(each.functions) for each in found} == READERS
    assert [each.label for each in stack.of_kind(KEY)] == ["TokensKey1"]
    buckets = list(stack.of_kind(BUCKET))
    assert [each.logical_id for each in buckets] == ["ExportsBucket", "ImagesBucket"]
    replicas = [replica_of(stack, each) for each in buckets]
    assert [each and each.region for each in replicas] == ["eu-west-1"] * 2
    assert [each and each.kept for each in replicas] == [
        ["exports"],
        ["versions-that-were-replaced"],
    ]


def test_policies_are_understood(template: dict[str, Any], local_template: dict[str, Any]) -> None:
    stack, local = deployed(template), deployed(local_template)
    wanted = wanted_statements(stack, "ImagesBucket")
    assert [each["Effect"] for each in wanted] == ["Deny", "Allow"]
    assert wanted[0]["Resource"] == ["arn:aws:s3:::ImagesBucket", "arn:aws:s3:::ImagesBucket/*"]
    assert "Fn::" not in str(wanted)
    assert "Ref" not in str(wanted)
    (source,) = wanted[1]["Condition"]["StringEquals"].values()
    assert source.startswith("arn:aws:cloudfront::123456789012:distribution/ImagesDistribution")
    assert [each["Effect"] for each in wanted_statements(stack, "ExportsBucket")] == ["Deny"]
    assert [each["Effect"] for each in wanted_statements(local, "ImagesBucket")] == ["Allow"]
    assert wanted_statements(local, "ExportsBucket") == []
