"""Settings: typed, with defaults, and a wrong one stops synth with a sentence that names it."""

import json
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

NEEDED = {"shop:replicaRegion": "eu-west-1"}


def test_without_any_other_setting_the_defaults_hold() -> None:
    chosen = settings.read({"aws:cdk:something": True, "@aws-cdk/core:flag": True, **NEEDED})
    assert chosen.model_dump() == {
        "stage": "dev",
        "region": None,
        "replica_region": "eu-west-1",
        "cors_origins": (),
        "token_keys": (1,),
        "alarm_email": None,
        "repair": "",
        "unpaid_minutes": 30,
        "hold_back": (),
        "planned": None,
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
            "shop:holdBack": "ProductsTable/by-name, UsersTable/by.age_2",
            "shop:logRetentionDays": "30",
            "shop:localPort": "4567",
        }
    )
    assert chosen.stack_name == "shop-prod"
    assert chosen.cors_origins == ("https://shop.example", "http://localhost:3000")
    assert chosen.token_keys == (2, 1)  # in this order: the first one signs
    assert chosen.unpaid_minutes == 45
    assert chosen.held_back("ProductsTable") == {"by-name"}
    assert chosen.held_back("UsersTable") == {"by.age_2"}
    assert not chosen.held_back("OrdersTable")
    assert chosen.log_retention_days == 30
    assert chosen.local_port == 4567


@pytest.mark.parametrize("given", ["12", [12], ["12"]])
def test_token_keys_may_also_stand_in_cdk_json(given: object) -> None:
    assert settings.read({**NEEDED, "shop:tokenKeys": given}).token_keys == (12,)


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
        ({"shop:holdBack": "by-name"}, ["shop:holdBack", "'by-name'"]),
        ({"shop:holdBack": "ProductsTable/a b"}, ["shop:holdBack", "'ProductsTable/a b'"]),
        ({"shop:holdBack": "ProductsTable/by"}, ["shop:holdBack", "'ProductsTable/by'"]),
        ({"shop:localPort": "0"}, ["shop:localPort", "'0'"]),
        ({"shop:localPort": "65536"}, ["shop:localPort", "'65536'"]),
        ({"shop:corsOrigin": "*"}, ["no setting shop:corsOrigin", "shop:corsOrigins"]),
        (
            {"shop:region": "eu-west-1", "shop:replicaRegion": "eu-west-1"},
            ["replicaRegion must differ from region"],
        ),
        (
            {"shop:stage": "local", "shop:region": "eu-west-1", "shop:replicaRegion": None},
            ["replicaRegion must differ from region"],
        ),
        ({"shop:replicaRegion": None}, ["replicaRegion is missing", "the second region"]),
        ({"shop:stage": "prod", "shop:replicaRegion": None}, ["replicaRegion is missing"]),
        ({"shop:alarmEmail": "ops"}, ["shop:alarmEmail", "'ops'"]),
        ({"shop:alarmEmail": "a@b.example,c@d.example"}, ["shop:alarmEmail"]),
    ],
)
def test_a_wrong_setting_is_named(context: dict[str, object], words: list[str]) -> None:
    with pytest.raises(SettingsError) as caught:
        settings.read({**NEEDED, **context})
    for word in words:
        assert word in str(caught.value)


def test_the_local_stack_has_a_second_region_by_itself() -> None:
    assert settings.read({"shop:stage": "local"}).second_region == "eu-west-1"
    assert settings.read({"shop:stage": "local", **OTHER}).second_region == "us-west-2"


OTHER = {"shop:replicaRegion": "us-west-2"}


def test_the_command_lines_region_is_not_the_replicas_either(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CDK_DEFAULT_REGION", "eu-west-1")
    with pytest.raises(SettingsError, match="the stack would go to eu-west-1"):
        settings.read(NEEDED)
    assert settings.read(OTHER).second_region == "us-west-2"
    assert settings.read({**NEEDED, "shop:region": "eu-central-1"}).second_region == "eu-west-1"
    assert settings.read({"shop:stage": "local"}).second_region == "eu-west-1"


@pytest.mark.parametrize(
    ("given", "guarded"),
    [
        ({}, True),
        ({"shop:stage": "prod"}, True),
        ({"shop:stage": "prod", "shop:planned": "shop-prod"}, False),
        ({"shop:stage": "prod", "shop:planned": "shop-dev"}, True),
        ({"shop:stage": "local"}, False),
    ],
)
def test_tables_are_guarded_unless_the_very_stack_was_planned_for(
    given: dict[str, str], *, guarded: bool
) -> None:
    assert settings.read({**NEEDED, **given}).guarded is guarded


def test_the_committed_settings_are_enough_to_synthesize() -> None:
    context = json.loads((ROOT / "cdk.json").read_text())["context"]
    assert settings.read(context).replica_region


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
