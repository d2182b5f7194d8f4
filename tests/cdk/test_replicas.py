"""What the stack asks of the function that makes buckets in the second region."""

from typing import Any

import pytest

from tests.cdk.conftest import plain, resources, synthesize
from tests.cdk.test_buckets import BUCKETS, properties
from tests.replica_bucket.cloudformation import PROPERTIES

pytestmark = pytest.mark.slow

REPLICA = "Custom::ReplicaBucket"


def replicas(template: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The properties of the replicas, by the bucket's logical id."""
    return {
        plain({"Ref": name}).strip("${}").removesuffix("Replica"): plain(each["Properties"])
        for name, each in resources(template, REPLICA).items()
    }


def test_replicas_are_asked_for_in_the_second_region_and_kept_as_long(
    template: dict[str, Any],
) -> None:
    found = replicas(template)
    kept = {bucket: each.pop("Kept") for bucket, each in found.items()}
    assert kept == {
        "ImagesBucket": [
            {"Id": "versions-that-were-replaced", "Prefix": "images/", "RecoveryDays": "90"}
        ],
        "ExportsBucket": [{"Id": "exports", "Prefix": "", "RecoveryDays": "35", "Days": "35"}],
    }
    for bucket, purpose in (("ImagesBucket", "images"), ("ExportsBucket", "exports")):
        asked = found[bucket]
        assert asked.pop("Maker")
        assert asked == {
            "ServiceToken": "${ReplicationReplicasMakerFunction.Arn}",
            "ServiceTimeout": "360",
            "NamePrefix": f"shop-dev-{purpose}-eu-west-1-",
            "Region": "eu-west-1",
            "TlsOnly": "true",
            "Tags": {"stage": "dev", "stack": "shop-dev", "of": purpose},
            "Repair": "",
        }


def test_the_tests_of_the_maker_ask_as_the_stack_does(template: dict[str, Any]) -> None:
    for each in replicas(template).values():
        assert each.keys() - {"ServiceTimeout", "Maker", "Repair"} == PROPERTIES.keys()
        assert each["Tags"].keys() == PROPERTIES["Tags"].keys()
    (plain_rule,), (aged,) = (each["Kept"] for each in replicas(template).values())
    assert [each.keys() for each in PROPERTIES["Kept"]] == [plain_rule.keys(), aged.keys()]


def test_the_longest_names_still_fit() -> None:
    template = synthesize(stage="s" * 16, replicaRegion="ap-northeast-1")
    for each in replicas(template).values():
        assert len(each["NamePrefix"]) + 10 <= 63


def test_another_region_or_word_has_the_replicas_made_again() -> None:
    template = synthesize(replicaRegion="us-west-2", repair="after the incident")
    for each in replicas(template).values():
        assert each["Region"] == "us-west-2"
        assert "-us-west-2-" in each["NamePrefix"]
        assert each["Repair"] == "after the incident"


def test_locally_all_is_the_same_but_tls(
    template: dict[str, Any], local_template: dict[str, Any]
) -> None:
    local = replicas(local_template)
    assert {each.pop("TlsOnly") for each in local.values()} == {"false"}
    for bucket, each in replicas(template).items():
        assert local[bucket].keys() == each.keys() - {"TlsOnly"}
        assert local[bucket]["Kept"] == each["Kept"]
    for bucket in BUCKETS:
        name = "ReplicationConfiguration"
        assert properties(local_template, bucket)[name] == properties(template, bucket)[name]


def test_the_maker_may_do_its_work_before_it_is_asked(template: dict[str, Any]) -> None:
    (maker,) = (
        each
        for each in resources(template, "AWS::Lambda::Function").values()
        if each["Properties"]["Handler"].startswith("replica_bucket.")
    )
    waits_for = {plain({"Ref": each}) for each in maker["DependsOn"]}
    assert "${ReplicationReplicasMakerRoleDefaultPolicy}" in waits_for
