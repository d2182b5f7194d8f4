"""The stack, synthesized in process: once for a deployment, on demand for other settings."""

import json
from typing import Any

import pytest
from aws_cdk import App
from aws_cdk.assertions import Template

from cdk.build import ROOT
from cdk.settings import Settings
from cdk.stack import ShopStack


def application(**options: Any) -> App:
    """An application with the feature flags of cdk.json, as the command line makes it."""
    return App(context=json.loads((ROOT / "cdk.json").read_text())["context"], **options)


def synthesize(**settings: Any) -> dict[str, Any]:
    stack = ShopStack(application(), settings=Settings.model_validate(settings))
    template = Template.from_stack(stack)
    document: dict[str, Any] = json.loads(json.dumps(template.to_json()))
    return document


@pytest.fixture(scope="session")
def template() -> dict[str, Any]:
    """What `cdk deploy` would send to AWS with no settings given."""
    return synthesize()


@pytest.fixture(scope="session")
def local_template() -> dict[str, Any]:
    """What the local environment deploys."""
    return synthesize(stage="local", corsOrigins=["http://localhost:3000"])


def resources(template: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    """Resources of a CloudFormation type by logical id; it is an error if there are none."""
    found = {
        logical_id: resource
        for logical_id, resource in template["Resources"].items()
        if resource["Type"] == kind
    }
    assert found, f"the template has no {kind}"
    return found


def only(template: dict[str, Any], kind: str) -> dict[str, Any]:
    """The properties of the one resource of this type."""
    (resource,) = resources(template, kind).values()
    properties: dict[str, Any] = resource["Properties"]
    return properties
