"""Construct: one Lambda function with its role and its log group."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from cdk.architecture import architecture
from cdk.service_log import service_log

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cdk.layer import SharedLayer
    from cdk.settings import Settings

# Importing is what a cold start does, and that is CPU, which Lambda gives by memory.
_MEMORY_MB = 1024
TIMEOUT_SECONDS = 25  # below the gateway's 30; what it leaves for calls is shop.deadline's matter


class ShopFunction(Construct):
    """A function that may do nothing but write its own log, until it is granted more."""

    def __init__(  # noqa: PLR0913  (all are named at each call)
        self,
        scope: Construct,
        construct_id: str,
        *,
        package: str,
        code: lambda_.Code,
        layer: SharedLayer,
        settings: Settings,
        environment: Mapping[str, str] | None = None,
        description: str | None = None,
        timeout_seconds: int = TIMEOUT_SECONDS,
    ) -> None:
        super().__init__(scope, construct_id)
        log_group = service_log(self, "Logs", settings=settings)
        self.role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        log_group.grant_write(self.role)
        self.function = lambda_.Function(
            self,
            "Function",
            runtime=lambda_.Runtime.PYTHON_3_13,
            architecture=architecture(settings),
            handler=f"{package}.handler.handler",
            description=description,
            code=code,
            layers=list(layer.layers),
            role=self.role,
            log_group=log_group,
            # With these, Lambda adds no lines of its own to the one that we write a request.
            logging_format=lambda_.LoggingFormat.JSON,
            application_log_level_v2=lambda_.ApplicationLogLevel.INFO,
            system_log_level_v2=lambda_.SystemLogLevel.WARN,
            memory_size=_MEMORY_MB,
            timeout=Duration.seconds(timeout_seconds),
            environment={
                "POWERTOOLS_SERVICE_NAME": package,
                # pydantic would look through every installed distribution for plugins.
                "PYDANTIC_DISABLE_PLUGINS": "__all__",
                **layer.environment,
                **(environment or {}),
            },
        )
