"""Settings: typed, with defaults, and a wrong one stops synth with a sentence that names it."""

import subprocess
import sys

import pytest
from aws_cdk import Stack
from aws_cdk import aws_logs as logs
from aws_cdk.assertions import Template

from cdk import settings
from cdk.settings import RETENTION_DAYS, SettingsError
from ops.paths import ROOT
from tests.cdk.conftest import resources


def test_without_any_setting_the_defaults_hold() -> None:
    chosen = settings.read({"aws:cdk:something": True, "@aws-cdk/core:flag": True})
    assert chosen.model_dump() == {
        "stage": "dev",
        "region": None,
        "replica_region": None,
        "cors_origins": (),
        "token_keys": (1,),
        "unpaid_minutes": 30,
        "local_port": 4566,
        "log_retention_days": 90,
    }


def test_settings_are_taken_as_the_command_line_gives_them() -> None:
    chosen = settings.read(
        {
            "shop:stage": "prod",
            "shop:region": "eu-central-1",
            "shop:replicaRegion": "eu-west-1",
            "shop:corsOrigins": "https://shop.example,http://localhost:3000",
            "shop:tokenKeys": "2, 1",
            "shop:unpaidMinutes": "45",
            "shop:logRetentionDays": "30",
            "shop:localPort": "4567",
        }
    )
    assert chosen.stack_name == "shop-prod"
    assert chosen.cors_origins == ("https://shop.example", "http://localhost:3000")
    assert chosen.token_keys == (2, 1)  # in this order: the first one signs
    assert chosen.unpaid_minutes == 45
    assert chosen.log_retention_days == 30
    assert chosen.local_port == 4567


@pytest.mark.parametrize("given", ["12", [12], ["12"]])
def test_token_keys_may_also_stand_in_cdk_json(given: object) -> None:
    assert settings.read({"shop:tokenKeys": given}).token_keys == (12,)


@pytest.mark.parametrize(
    ("context", "words"),
    [
        ({"shop:stage": "Prod"}, ["shop:stage", "'Prod'"]),
        ({"shop:stage": ""}, ["shop:stage"]),
        ({"shop:stage": 7}, ["shop:stage", "7"]),
        ({"shop:region": "Frankfurt"}, ["shop:region", "'Frankfurt'"]),
        ({"shop:replicaRegion": "eu-west"}, ["shop:replicaRegion", "'eu-west'"]),
        ({"shop:corsOrigins": "shop.example"}, ["shop:corsOrigins", "shop.example"]),
        ({"shop:corsOrigins": "https://shop.example/path"}, ["shop:corsOrigins"]),
        ({"shop:logRetentionDays": "soon"}, ["shop:logRetentionDays", "'soon'"]),
        ({"shop:logRetentionDays": 31}, ["shop:logRetentionDays", "31", "30, 60"]),
        ({"shop:tokenKeys": ""}, ["shop:tokenKeys", "at least 1"]),
        ({"shop:tokenKeys": "0"}, ["shop:tokenKeys", "greater than or equal to 1"]),
        ({"shop:tokenKeys": "2,-1"}, ["shop:tokenKeys", "greater than or equal to 1"]),
        ({"shop:tokenKeys": "1,1"}, ["shop:tokenKeys", "the same key twice"]),
        ({"shop:tokenKeys": "3,2,1"}, ["shop:tokenKeys", "at most 2"]),
        ({"shop:tokenKeys": "first"}, ["shop:tokenKeys", "'first'"]),
        ({"shop:tokenKeys": "1.5"}, ["shop:tokenKeys", "'1.5'"]),
        ({"shop:tokenKeys": 1}, ["shop:tokenKeys", "1"]),
        ({"shop:unpaidMinutes": "0"}, ["shop:unpaidMinutes", "greater than or equal to 1"]),
        ({"shop:unpaidMinutes": "10081"}, ["shop:unpaidMinutes", "less than or equal to 10080"]),
        ({"shop:unpaidMinutes": "1.5"}, ["shop:unpaidMinutes", "'1.5'"]),
        ({"shop:unpaidMinutes": ""}, ["shop:unpaidMinutes", "''"]),
        ({"shop:localPort": "0"}, ["shop:localPort", "'0'"]),
        ({"shop:localPort": "65536"}, ["shop:localPort", "'65536'"]),
        ({"shop:corsOrigin": "*"}, ["no setting shop:corsOrigin", "shop:corsOrigins"]),
        (
            {"shop:region": "eu-west-1", "shop:replicaRegion": "eu-west-1"},
            ["replicaRegion must differ from region"],
        ),
    ],
)
def test_a_wrong_setting_is_named(context: dict[str, object], words: list[str]) -> None:
    with pytest.raises(SettingsError) as caught:
        settings.read(context)
    for word in words:
        assert word in str(caught.value)


def test_retention_days_are_what_their_names_say() -> None:
    stack = Stack()
    for days, name in RETENTION_DAYS.items():
        logs.LogGroup(stack, f"Kept{days}", retention=logs.RetentionDays[name])
    kept = resources(dict(Template.from_stack(stack).to_json()), "AWS::Logs::LogGroup").values()
    assert sorted(each["Properties"]["RetentionInDays"] for each in kept) == sorted(RETENTION_DAYS)


def test_synth_stops_with_one_sentence_and_no_traceback() -> None:
    ran = subprocess.run(
        [sys.executable, str(ROOT / "app.py")],
        capture_output=True,
        text=True,
        check=False,
        env={
            "PATH": f"{ROOT}/.venv/bin:/usr/bin:/bin",
            "CDK_CONTEXT_JSON": '{"shop:stage": "Not A Stage"}',
        },
    )
    assert ran.returncode == 1
    assert ran.stderr.startswith("Nothing was synthesized: setting shop:stage cannot be")
    assert "Traceback" not in ran.stderr
