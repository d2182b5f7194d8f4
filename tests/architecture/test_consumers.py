"""Whoever is given events by the stack has a consumer for them, and no one else has."""

import importlib
import json
from typing import Any

import pytest
from aws_lambda_powertools.utilities.typing import LambdaContext

from shop import events
from tests.architecture.test_contexts import WITHOUT_ROUTES, packages
from tests.cdk.conftest import package_of, resources

STREAM = {"Records": [{"eventSource": "aws:dynamodb"}]}
QUEUE = {"Records": [{"eventSource": "aws:sqs", "body": json.dumps({"source": events.S3})}]}
PACKAGES = [each.name for each in packages() if each.name not in WITHOUT_ROUTES]


def given(template: dict[str, Any], package: str) -> list[dict[str, Any]]:
    """An event of each kind that the stack gives to the function."""
    mappings = [
        each["Properties"]
        for each in resources(template, "AWS::Lambda::EventSourceMapping").values()
    ]
    return [
        STREAM if "StreamArn" in each["EventSourceArn"]["Fn::GetAtt"] else QUEUE
        for each in mappings
        if package_of(template, each["FunctionName"]) == package
    ]


@pytest.mark.parametrize("package", PACKAGES)
def test_a_function_consumes_what_it_is_given(
    monkeypatch: pytest.MonkeyPatch, context: LambdaContext, template: dict[str, Any], package: str
) -> None:
    chosen: list[object] = []
    monkeypatch.setattr(events, "consume", lambda consumer, *_: chosen.append(consumer))
    handler = importlib.import_module(f"{package}.handler").handler
    expected = given(template, package)
    for event in expected:
        handler(event, context)
    assert len(chosen) == len(expected)
    assert all(map(callable, chosen))
    for event in (STREAM, QUEUE):
        if event not in expected:
            with pytest.raises(KeyError):
                handler(event, context)
