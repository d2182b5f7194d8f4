"""The whole application: no call to AWS, nothing hard-coded, and what cdk-nag says of it."""

import json
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import Validations
from cdk_nag import AwsSolutionsChecks, ServerlessChecks

from cdk.settings import Settings
from cdk.stack import ShopStack
from tests.cdk.conftest import application

# Rules that we break on purpose. Each needs a reason; a rule that holds again must leave the list.
ACCEPTED = {
    "AwsSolutions-APIG4": "browsing the catalogue takes no token; tests/cdk/test_api.py guards it",
    "AwsSolutions-L1": "Python 3.13 is what we build, test and lock for",
    "Serverless-LambdaLatestVersion": "the same",
    "Serverless-LambdaDLQ": "the gateway calls the functions and gets their errors",
    "Serverless-LambdaTracing": "the tracer costs a fifth of a second at a cold start",
}


def test_no_account_region_or_lookup_is_in_the_template(template: dict[str, Any]) -> None:
    text = json.dumps(template)
    assert "eu-central-1" not in text
    assert "000000000000" not in text
    assert "Parameters" not in template or template["Parameters"].keys() == {"BootstrapVersion"}


def test_synth_asks_aws_nothing(tmp_path: Path) -> None:
    app = application(outdir=str(tmp_path))
    ShopStack(app, settings=Settings())
    app.synth()
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    assert "missing" not in manifest  # where the CDK notes what it would have to look up


def test_the_stack_is_called_by_its_stage() -> None:
    stack = ShopStack(application(), settings=Settings(stage="prod", region="eu-west-1"))
    assert stack.stack_name == "shop-prod"
    assert stack.region == "eu-west-1"


def test_a_stack_in_an_account_is_not_deleted_by_accident() -> None:
    assert ShopStack(application(), settings=Settings(stage="prod")).termination_protection
    assert not ShopStack(application(), settings=Settings(stage="local")).termination_protection


def test_cdk_nag_finds_nothing_but_what_we_accept(tmp_path: Path) -> None:
    app = application(outdir=str(tmp_path))
    ShopStack(app, settings=Settings())
    Validations.of(app).add_plugins(AwsSolutionsChecks(app), ServerlessChecks(app))
    with pytest.raises(RuntimeError, match="ValidationFailed"):
        app.synth()
    report = json.loads((tmp_path / "validation-report.json").read_text())
    found = {
        violation["ruleName"]
        for plugin in report["pluginReports"]
        for violation in plugin["violations"]
    }
    assert found == ACCEPTED.keys()
