"""The stack, synthesized in process: once for a deployment, on demand for other settings."""

import copy
import json
import re
from typing import Any

import pytest
from aws_cdk import App
from aws_cdk.assertions import Template

from cdk import stack
from cdk.build import ROOT
from cdk.documents import API_DOCUMENT
from cdk.settings import Settings
from cdk.stack import ShopStack
from shop.identity import ADMIN, USER

# Operations that the document of the tests asks for a token, whatever the committed one says.
GUARDED = {
    ("/users/me", "get"): {"tags": ["users"], **USER},
    ("/addresses", "post"): {"tags": ["addresses"], **USER},
    ("/products", "post"): {"tags": ["products"], **ADMIN},
    ("/categories", "get"): {"tags": ["products"], **USER},
}


def application(**options: Any) -> App:
    """An application with the feature flags of cdk.json, as the command line makes it."""
    return App(context=json.loads((ROOT / "cdk.json").read_text())["context"], **options)


def chosen(**given: Any) -> Settings:
    """Settings with what must be given, and what the test gives."""
    return Settings.model_validate({"replicaRegion": "eu-west-1", **given})


def synthesize(**given: Any) -> dict[str, Any]:
    synthesized = ShopStack(application(), settings=chosen(**given))
    template = Template.from_stack(synthesized)
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


@pytest.fixture(scope="session")
def document() -> dict[str, Any]:
    """The committed document of the API."""
    loaded: dict[str, Any] = json.loads(API_DOCUMENT.read_text())
    return loaded


@pytest.fixture(scope="session")
def guarded_document(document: dict[str, Any]) -> dict[str, Any]:
    """The document with operations of each context that ask for a token."""
    guarded = copy.deepcopy(document)
    for (path, method), operation in GUARDED.items():
        guarded["paths"].setdefault(path, {})[method] = operation
    return guarded


@pytest.fixture(scope="session")
def guarded_template(
    guarded_document: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """What would be deployed with ``guarded_document``."""
    path = tmp_path_factory.mktemp("guarded") / "openapi.json"
    path.write_text(json.dumps(guarded_document))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stack, "API_DOCUMENT", path)
        return synthesize()


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


def functions(template: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The properties of the functions, by package."""
    return {
        each["Properties"]["Handler"].partition(".")[0]: each["Properties"]
        for each in resources(template, "AWS::Lambda::Function").values()
    }


def package_of(template: dict[str, Any], function: Any) -> str:
    """The package of the function that ``function`` refers to."""
    (logical_id,) = re.findall(r"'(\w+Function[0-9A-F]{8})'", str(function))
    handler: str = template["Resources"][logical_id]["Properties"]["Handler"]
    return handler.partition(".")[0]


def plain(value: Any) -> Any:
    """A part of a template to compare with: references as text, without the CDK's hashes.

    ``{"Fn::GetAtt": ["TokensKey1A1D3B00E", "Arn"]}`` becomes ``${TokensKey1.Arn}``.
    """
    if isinstance(value, list):
        return [plain(each) for each in value]
    if not isinstance(value, dict):
        return value
    reference = _reference(value)
    return reference or {name: plain(each) for name, each in value.items()}


def _reference(value: dict[str, Any]) -> str | None:
    """What CloudFormation would put here, if it is for CloudFormation to say."""
    match value:
        case {"Ref": name}:
            return f"${{{_without_hash(name)}}}"
        case {"Fn::GetAtt": [name, attribute]}:
            return f"${{{_without_hash(name)}.{attribute}}}"
        case {"Fn::Join": ["", parts]}:
            return "".join(map(plain, parts))
        case {"Fn::Select": [place, {"Fn::Split": [mark, text]}]}:
            return f"{plain(text)}.split({mark})[{place}]"
    return None


def as_list(value: Any) -> list[Any]:
    """What may stand alone or in a list, as actions and resources of a statement do."""
    return value if isinstance(value, list) else [value]


def _without_hash(logical_id: str) -> str:
    return re.sub(r"[0-9A-F]{8}$", "", logical_id)
