"""The gateway agrees with the document."""

import copy
import json
from typing import Any

import pytest

from cdk.api import _operations
from cdk.documents import API_DOCUMENT
from tests.cdk.conftest import only, resources, synthesize


@pytest.fixture
def document() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(API_DOCUMENT.read_text())
    return loaded


def target_function(template: dict[str, Any], route: dict[str, Any]) -> str:
    """The handler behind a route."""
    integration_id = route["Target"]["Fn::Join"][1][1]["Ref"]
    integration = template["Resources"][integration_id]["Properties"]
    function_id = integration["IntegrationUri"]["Fn::GetAtt"][0]
    handler: str = template["Resources"][function_id]["Properties"]["Handler"]
    return handler


def test_routes_are_exactly_the_operations_of_the_document_and_the_fallback(
    template: dict[str, Any], document: dict[str, Any]
) -> None:
    expected = {
        f"{method.upper()} {path}": operation["tags"][0]
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    }
    assert expected
    routes = {
        each["Properties"]["RouteKey"]: target_function(template, each["Properties"])
        for each in resources(template, "AWS::ApiGatewayV2::Route").values()
    }
    handlers = {key: f"{tag}.handler.handler" for key, tag in expected.items()}
    assert routes == handlers | {"$default": "documents.handler.handler"}


def test_the_gateway_may_call_each_function_by_its_routes_and_no_other(
    template: dict[str, Any], document: dict[str, Any]
) -> None:
    """An ARN ends in stage, method and path; the catch-all route has no method: just two parts."""
    allowed: dict[str, set[str]] = {}
    for permission in resources(template, "AWS::Lambda::Permission").values():
        function = permission["Properties"]["FunctionName"]["Fn::GetAtt"][0]
        handler = template["Resources"][function]["Properties"]["Handler"]
        path = permission["Properties"]["SourceArn"]["Fn::Join"][1][-1]
        allowed.setdefault(handler.partition(".")[0], set()).add(path)
    expected: dict[str, set[str]] = {"documents": {"/*/*"}}
    for path, operations in document["paths"].items():
        for operation in operations.values():
            expected.setdefault(operation["tags"][0], set()).add(f"/*/*{path}")
    assert allowed == expected


def test_an_operation_that_asks_for_a_token_is_not_deployed_without_an_authorizer(
    document: dict[str, Any],
) -> None:
    guarded = copy.deepcopy(document)
    guarded["paths"]["/products"]["get"]["security"] = [{"bearer": []}]
    with pytest.raises(ValueError, match="GET /products asks for a token"):
        _operations(guarded)


def test_requests_are_logged_without_their_query_strings(template: dict[str, Any]) -> None:
    stage = only(template, "AWS::ApiGatewayV2::Stage")
    assert stage["StageName"] == "$default"
    logged = json.loads(stage["AccessLogSettings"]["Format"])
    assert {"requestId", "routeKey", "status"} <= logged.keys()
    assert "$context.path" not in logged.values()
    (group,) = stage["AccessLogSettings"]["DestinationArn"]["Fn::GetAtt"][:1]
    assert template["Resources"][group]["Type"] == "AWS::Logs::LogGroup"


def test_there_is_a_ceiling_on_requests(template: dict[str, Any]) -> None:
    limits = only(template, "AWS::ApiGatewayV2::Stage")["DefaultRouteSettings"]
    assert limits["ThrottlingRateLimit"] == 500
    assert limits["ThrottlingBurstLimit"] == 1000


def test_no_origin_is_let_in_unless_the_settings_name_it(template: dict[str, Any]) -> None:
    assert "CorsConfiguration" not in only(template, "AWS::ApiGatewayV2::Api")


def test_origins_of_the_settings_are_let_in() -> None:
    template = synthesize(corsOrigins="https://shop.example, https://admin.shop.example")
    cors = only(template, "AWS::ApiGatewayV2::Api")["CorsConfiguration"]
    assert cors["AllowOrigins"] == ["https://shop.example", "https://admin.shop.example"]
    assert {"authorization", "idempotency-key", "if-match"} <= set(cors["AllowHeaders"])
    assert "etag" in cors["ExposeHeaders"]


def test_only_the_local_api_has_a_fixed_id(
    template: dict[str, Any], local_template: dict[str, Any]
) -> None:
    assert "ms-custom-id" not in only(template, "AWS::ApiGatewayV2::Api")["Tags"]
    assert only(local_template, "AWS::ApiGatewayV2::Api")["Tags"]["ms-custom-id"] == "shop"
