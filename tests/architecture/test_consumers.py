"""Whoever is given events by the stack has a consumer for them, and no one else has."""

import importlib
import json
from typing import Any

import pytest
from aws_lambda_powertools.utilities.typing import LambdaContext

from shop import events
from tests.architecture.test_contexts import WITHOUT_ROUTES, packages
from tests.cdk.conftest import package_of, plain, resources

pytestmark = pytest.mark.slow

STREAM = {"Records": [{"eventSource": "aws:dynamodb"}]}


def queued(source: str) -> dict[str, Any]:
    """An event of EventBridge that a queue held."""
    return {"Records": [{"eventSource": "aws:sqs", "body": json.dumps({"source": source})}]}


# What each queue of the stack holds, by its logical id without the hash.
QUEUES = {
    "ProductsArrivals": queued(events.S3),
    "OrdersUnpaidTicks": queued(events.SCHEDULE),
    "ExportsTicks": queued(events.SCHEDULE),
}
# Those that the gateway or CloudFormation asks take nothing else.
WITHOUT_EVENTS = WITHOUT_ROUTES - {"exports"}
PACKAGES = [each.name for each in packages() if each.name not in WITHOUT_EVENTS]


def given(template: dict[str, Any], package: str) -> list[dict[str, Any]]:
    """An event of each kind that the stack gives to the function."""
    sources = [
        each["Properties"]["EventSourceArn"]["Fn::GetAtt"]
        for each in resources(template, "AWS::Lambda::EventSourceMapping").values()
        if package_of(template, each["Properties"]["FunctionName"]) == package
    ]
    return [
        STREAM if attribute == "StreamArn" else QUEUES[plain({"Ref": source}).strip("${}")]
        for source, attribute in sources
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
    for event in (STREAM, *QUEUES.values()):
        if event not in expected:
            with pytest.raises(KeyError):
                handler(event, context)
