"""What asks for a token is guarded, what is public is not, and the gateway asks at each request."""

from typing import Any

from tests.cdk.conftest import GUARDED, only, package_of, plain, resources

ROUTE = "AWS::ApiGatewayV2::Route"
AUTHORIZER = "AWS::ApiGatewayV2::Authorizer"
# As long as the gateway waits for an authorizer: quotas of HTTP APIs, not to be raised.
GATEWAY_WAITS_SECONDS = 10


type Guard = tuple[str, str | None]
"""How a route is authorized, and by whom."""


def guards(template: dict[str, Any]) -> dict[str, Guard]:
    """The guard of each route, by its key."""
    routes = [each["Properties"] for each in resources(template, ROUTE).values()]
    return {
        each["RouteKey"]: (each["AuthorizationType"], plain(each.get("AuthorizerId")))
        for each in routes
    }


def expected_guards(document: dict[str, Any]) -> dict[str, Guard]:
    asked: Guard = ("CUSTOM", "${ApiHttpApiAccessToken}")
    let_pass: Guard = ("NONE", None)
    operations = {
        f"{method.upper()} {path}": asked if operation["security"] else let_pass
        for path, by_method in document["paths"].items()
        for method, operation in by_method.items()
    }
    return operations | {"$default": let_pass}


def test_exactly_the_operations_that_ask_for_a_token_are_guarded(
    guarded_template: dict[str, Any], guarded_document: dict[str, Any]
) -> None:
    found = guards(guarded_template)
    assert found == expected_guards(guarded_document)
    for path, method in GUARDED:
        assert found[f"{method.upper()} {path}"][0] == "CUSTOM"
    assert found["$default"] == found["GET /products"] == ("NONE", None)


def test_the_committed_document_is_guarded_as_it_says(
    template: dict[str, Any], document: dict[str, Any]
) -> None:
    assert guards(template) == expected_guards(document)


def test_the_authorizer_is_asked_at_each_request_with_or_without_a_token(
    guarded_template: dict[str, Any],
) -> None:
    """A remembered answer would hold for every route, and outlive its token."""
    authorizer = only(guarded_template, AUTHORIZER)
    assert authorizer["AuthorizerType"] == "REQUEST"
    assert authorizer["AuthorizerResultTtlInSeconds"] == 0
    assert authorizer["IdentitySource"] == []  # with one, the gateway itself would answer 401


def test_the_authorizer_answers_in_the_simple_form_of_its_function(
    guarded_template: dict[str, Any],
) -> None:
    authorizer = only(guarded_template, AUTHORIZER)
    assert authorizer["EnableSimpleResponses"] is True
    assert authorizer["AuthorizerPayloadFormatVersion"] == "2.0"
    assert package_of(guarded_template, authorizer["AuthorizerUri"]) == "authorizer"
    assert plain(authorizer["AuthorizerUri"]).startswith(
        "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/"
    )
    assert plain(authorizer["AuthorizerUri"]).endswith("/invocations")


def test_the_gateway_may_call_the_authorizer_as_that_and_by_no_route(
    guarded_template: dict[str, Any],
) -> None:
    (permission,) = (
        plain(each["Properties"])
        for each in resources(guarded_template, "AWS::Lambda::Permission").values()
        if package_of(guarded_template, each["Properties"]["FunctionName"]) == "authorizer"
    )
    assert permission["Action"] == "lambda:InvokeFunction"
    assert permission["Principal"] == "apigateway.amazonaws.com"
    assert permission["SourceArn"].endswith(":${ApiHttpApi}/authorizers/${ApiHttpApiAccessToken}")


def test_nothing_is_behind_the_authorizer_but_its_answer(guarded_template: dict[str, Any]) -> None:
    integrations = resources(guarded_template, "AWS::ApiGatewayV2::Integration").values()
    behind = {package_of(guarded_template, each["Properties"]) for each in integrations}
    assert "authorizer" not in behind
    assert {each["Properties"]["PayloadFormatVersion"] for each in integrations} == {"2.0"}
