"""Construct: the HTTP API, its routes made from docs/openapi.json."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

from aws_cdk import Duration, Tags
from aws_cdk import aws_apigatewayv2 as gateway
from aws_cdk import aws_apigatewayv2_integrations as integrations
from constructs import Construct

from cdk.service_log import service_log

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_cdk import aws_lambda as lambda_

    from cdk.settings import Settings

LOCAL_API_ID = "shop"
# A ceiling for the whole API, in requests a second; an account's own quota is 10,000.
_RATE, _BURST = 500, 1000
_ACCESS_LOG = {
    "requestId": "$context.requestId",
    "time": "$context.requestTime",
    "routeKey": "$context.routeKey",
    "status": "$context.status",
    "latencyMs": "$context.responseLatency",
    "integrationError": "$context.integrationErrorMessage",
    "bytes": "$context.responseLength",
}


class Api(Construct):
    """Exactly the operations of ``document``, each to the function that its tag names.

    Those that are not public ask ``authorizer`` first.

    What no route takes goes to ``fallback``, so that wrong paths and methods are answered as
    problem documents too.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        document: Mapping[str, Any],
        functions: Mapping[str, lambda_.IFunction],
        authorizer: gateway.IHttpRouteAuthorizer,
        fallback: str,
        settings: Settings,
    ) -> None:
        super().__init__(scope, construct_id)
        self.http_api = gateway.HttpApi(
            self,
            "HttpApi",
            api_name=settings.stack_name,
            create_default_stage=False,
            cors_preflight=_cors(settings),
        )
        if settings.local:
            # The emulator takes the API's id from here, so that addresses outlive a fresh start.
            Tags.of(self.http_api).add("ms-custom-id", LOCAL_API_ID)
        targets = {
            name: integrations.HttpLambdaIntegration(f"{name.title()}Integration", function)
            for name, function in functions.items()
        }
        for path, method, operation in _operations(document):
            self.http_api.add_routes(
                path=path,
                methods=[method],
                integration=targets[operation["tags"][0]],
                authorizer=authorizer if operation["security"] else None,
            )
        gateway.HttpRoute(
            self,
            "Fallback",
            http_api=self.http_api,
            route_key=gateway.HttpRouteKey.DEFAULT,
            integration=targets[fallback],
        )
        self._default_stage(settings)

    def _default_stage(self, settings: Settings) -> None:
        log_group = service_log(
            self,
            "AccessLogs",
            settings=settings,
            # An account's policy on log deliveries has a length limit, which this prefix spares.
            name=f"/aws/vendedlogs/{settings.stack_name}/api",
        )
        stage = gateway.HttpStage(
            self,
            "DefaultStage",
            http_api=self.http_api,
            stage_name="$default",
            auto_deploy=True,
            detailed_metrics_enabled=True,
            throttle=gateway.ThrottleSettings(rate_limit=_RATE, burst_limit=_BURST),
        )
        # The construct's own access_log_settings is an interface that Python cannot implement.
        resource = cast("gateway.CfnStage", stage.node.default_child)
        resource.access_log_settings = gateway.CfnStage.AccessLogSettingsProperty(
            destination_arn=log_group.log_group_arn, format=json.dumps(_ACCESS_LOG)
        )


def _operations(document: Mapping[str, Any]) -> list[tuple[str, gateway.HttpMethod, Any]]:
    return [
        (path, gateway.HttpMethod[method.upper()], operation)
        for path, by_method in document["paths"].items()
        for method, operation in by_method.items()
    ]


def _cors(settings: Settings) -> gateway.CorsPreflightOptions | None:
    if not settings.cors_origins:
        return None
    return gateway.CorsPreflightOptions(
        allow_origins=list(settings.cors_origins),
        allow_methods=[gateway.CorsHttpMethod.ANY],
        allow_headers=["authorization", "content-type", "idempotency-key", "if-match"],
        expose_headers=["etag", "location", "retry-after"],
        max_age=Duration.hours(1),
    )
