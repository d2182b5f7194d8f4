"""The gateway agrees with the document."""

import json
from typing import Any

from tests.cdk.conftest import only, package_of, resources, synthesize


def target_function(template: dict[str, Any], route: dict[str, Any]) -> str:
    """The package of the function behind a route."""
    integration_id = route["Target"]["Fn::Join"][1][1]["Ref"]
    return package_of(template, template["Resources"][integration_id]["Properties"])


def operations(document: dict[str, Any]) -> dict[str, str]:
    """The tag of each operation, by route key."""
    return {
        f"{method.upper()} {path}": operation["tags"][0]
        for path, by_method in document["paths"].items()
        for method, operation in by_method.items()
    }


def test_routes_are_exactly_the_operations_of_the_document_and_the_fallback(
    guarded_template: dict[str, Any], guarded_document: dict[str, Any]
) -> None:
    expected = operations(guarded_document)
    assert set(expected.values()) == {"users", "addresses", "products", "orders", "documents"}
    routes = {
        each["Properties"]["RouteKey"]: target_function(guarded_template, each["Properties"])
        for each in resources(guarded_template, "AWS::ApiGatewayV2::Route").values()
    }
    assert routes == expected | {"$default": "documents"}


def test_what_is_deployed_is_the_committed_document(
    template: dict[str, Any], document: dict[str, Any]
) -> None:
    routes = resources(template, "AWS::ApiGatewayV2::Route").values()
    keys = [each["Properties"]["RouteKey"] for each in routes]
    assert sorted(keys) == sorted([*operations(document), "$default"])


def test_the_gateway_may_call_each_function_by_its_routes_and_no_other(
    guarded_template: dict[str, Any], guarded_document: dict[str, Any]
) -> None:
    """An ARN ends in stage, method and path; the catch-all route has no method: just two parts."""
    allowed: dict[str, set[str]] = {}
    for permission in resources(guarded_template, "AWS::Lambda::Permission").values():
        package = package_of(guarded_template, permission["Properties"]["FunctionName"])
        path = permission["Properties"]["SourceArn"]["Fn::Join"][1][-1]
        allowed.setdefault(package, set()).add(str(path))
    allowed.pop("authorizer")  # tests/cdk/test_authorizer.py
    expected: dict[str, set[str]] = {"documents": {"/*/*"}}
    for route, package in operations(guarded_document).items():
        expected.setdefault(package, set()).add(f"/*/*{route.partition(' ')[2]}")
    assert allowed == expected


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
