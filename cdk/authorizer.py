"""The authorizer: a function that checks access tokens, and how the gateway asks it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from aws_cdk import Duration
from aws_cdk import aws_apigatewayv2_authorizers as authorizers
from aws_cdk import aws_iam as iam

from cdk import build
from cdk.function import ShopFunction

if TYPE_CHECKING:
    from aws_cdk import aws_lambda as lambda_
    from constructs import Construct

    from cdk.layer import SharedLayer
    from cdk.settings import Settings
    from cdk.tokens import Tokens

_TIMEOUT_SECONDS = 9  # the gateway waits for 10


def authorizer(
    scope: Construct, *, tokens: Tokens, layer: SharedLayer, settings: Settings
) -> authorizers.HttpLambdaAuthorizer:
    """It is asked at each request, also those without a token: see docs/adr/0009."""
    checker = ShopFunction(
        scope,
        "Authorizer",
        package="authorizer",
        code=build.function("authorizer").code(),
        layer=layer,
        settings=settings,
        environment=tokens.to_verify,
        description=f"Accepts access tokens of keys {', '.join(map(str, settings.token_keys))}",
    )
    function = cast("lambda_.CfnFunction", checker.function.node.default_child)
    function.timeout = _TIMEOUT_SECONDS
    checker.role.add_to_policy(
        iam.PolicyStatement(
            actions=["kms:GetPublicKey"], resources=[key.key_arn for key in tokens.keys]
        )
    )
    return authorizers.HttpLambdaAuthorizer(
        "AccessToken",
        checker.function,
        authorizer_name="access-token",
        response_types=[authorizers.HttpLambdaResponseType.SIMPLE],
        identity_source=[],
        results_cache_ttl=Duration.seconds(0),
    )
