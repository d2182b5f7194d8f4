"""Tells the gateway, and through it the contexts, whom a request's access token is for.

Every request passes, with what was found out about it: an HTTP API turns a refusal into its own
403, where the API promises 401 and a problem document. shop.http answers that, for each operation
that is not declared public, before anything else is done (docs/adr/0009).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from authorizer.verifier import Rejected, Verifier
from shop import config, deadline, identity
from shop.observability import logger


@dataclass(frozen=True)
class Settings:
    verification_key_arns: str
    token_issuer: str
    token_audience: str


@cache
def verifier() -> Verifier:
    settings = config.from_environment(Settings)
    return Verifier(
        settings.verification_key_arns.split(","), settings.token_issuer, settings.token_audience
    )


def handler(event: Mapping[str, Any], context: LambdaContext) -> dict[str, Any]:
    """The simple response of an HTTP API's authorizer; ``shop.identity`` reads it."""
    deadline.begin(context.get_remaining_time_in_millis() / 1000)
    logger().append_keys(
        request_id=event["requestContext"]["requestId"], function_request_id=context.aws_request_id
    )
    try:
        caller = verifier().caller(event["headers"].get("authorization", ""))
    except Rejected as error:
        logger().info("token", accepted=False, reason=str(error))
        return {"isAuthorized": True, "context": {"rejected": str(error)}}
    logger().info("token", accepted=True, user_id=caller.user_id)
    return {"isAuthorized": True, "context": identity.context(caller)}
