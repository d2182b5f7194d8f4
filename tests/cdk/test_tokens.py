"""The keys that sign access tokens: who may use which, and how one follows another."""

from typing import Any

import pytest

from tests.cdk.conftest import functions, plain, resources, synthesize
from tests.cdk.test_permissions import granted

pytestmark = pytest.mark.slow

KEY = "AWS::KMS::Key"


@pytest.fixture(scope="module")
def two_keys() -> dict[str, Any]:
    """In the middle of a rotation: the second key signs, tokens of the first are still good."""
    return synthesize(tokenKeys="2,1")


def variables(template: dict[str, Any], package: str) -> dict[str, str]:
    found: dict[str, str] = plain(functions(template)[package]["Environment"]["Variables"])
    return found


def kms_grants(template: dict[str, Any]) -> dict[str, dict[str, set[str]]]:
    """Actions on keys, by package and key."""
    return {
        package: on_keys
        for package, by_resource in granted(template).items()
        if (on_keys := {arn: did for arn, did in by_resource.items() if "Tokens" in arn})
    }


def test_keys_sign_on_the_curve_that_es256_names(two_keys: dict[str, Any]) -> None:
    for key in resources(two_keys, KEY).values():
        assert key["Properties"]["KeySpec"] == "ECC_NIST_P256"
        assert key["Properties"]["KeyUsage"] == "SIGN_VERIFY"
        assert key["Properties"].get("Enabled", True) is True


def test_a_key_can_be_had_back_for_a_month(template: dict[str, Any]) -> None:
    (key,) = resources(template, KEY).values()
    assert key["Properties"]["PendingWindowInDays"] == 30
    assert key["DeletionPolicy"] == key["UpdateReplacePolicy"] == "Delete"


def test_the_account_keeps_the_key_and_lends_it_by_roles(template: dict[str, Any]) -> None:
    """The statement that lets policies of roles count; no one is named in the key itself."""
    (key,) = resources(template, KEY).values()
    assert plain(key["Properties"]["KeyPolicy"]["Statement"]) == [
        {
            "Action": "kms:*",
            "Effect": "Allow",
            "Principal": {"AWS": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"},
            "Resource": "*",
        }
    ]


def test_there_is_a_key_for_each_generation(
    template: dict[str, Any], two_keys: dict[str, Any]
) -> None:
    def generations(template: dict[str, Any]) -> list[str]:
        return [plain({"Ref": each}) for each in resources(template, KEY)]

    assert generations(template) == ["${TokensKey1}"]
    assert generations(two_keys) == ["${TokensKey2}", "${TokensKey1}"]
    assert generations(synthesize(tokenKeys="2")) == ["${TokensKey2}"]


@pytest.mark.parametrize("setting", ["1,2", "2,1"])
def test_another_generation_leaves_the_key_that_is_there(
    template: dict[str, Any], setting: str
) -> None:
    (before,) = resources(template, KEY).items()
    assert before in resources(synthesize(tokenKeys=setting), KEY).items()


def test_the_first_key_signs_and_all_verify(two_keys: dict[str, Any]) -> None:
    assert variables(two_keys, "users")["SIGNING_KEY_ARN"] == "${TokensKey2.Arn}"
    arns = variables(two_keys, "authorizer")["VERIFICATION_KEY_ARNS"]
    assert arns == "${TokensKey2.Arn},${TokensKey1.Arn}"


def test_users_signs_with_the_first_key_only_and_the_authorizer_only_reads_public_halves(
    two_keys: dict[str, Any],
) -> None:
    assert kms_grants(two_keys) == {
        "users": {"${TokensKey2.Arn}": {"kms:Sign"}},
        "authorizer": {
            "${TokensKey2.Arn}": {"kms:GetPublicKey"},
            "${TokensKey1.Arn}": {"kms:GetPublicKey"},
        },
    }


def test_signer_and_verifier_name_the_same_issuer_and_audience() -> None:
    """Those of another stage differ, so that its tokens are worth nothing here."""
    named = []
    for stage in ("prod", "staging"):
        template = synthesize(stage=stage)
        by_package = [
            {name: variables(template, each)[name] for name in ("TOKEN_ISSUER", "TOKEN_AUDIENCE")}
            for each in ("users", "authorizer")
        ]
        assert by_package[0] == by_package[1]
        named.append(by_package[0])
    assert named == [
        {"TOKEN_ISSUER": "shop-prod", "TOKEN_AUDIENCE": "shop-prod-api"},
        {"TOKEN_ISSUER": "shop-staging", "TOKEN_AUDIENCE": "shop-staging-api"},
    ]
