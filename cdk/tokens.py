"""Construct: the keys that sign access tokens, and what signer and authorizer must agree on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_kms as kms
from constructs import Construct

if TYPE_CHECKING:
    from cdk.settings import Settings


class Tokens(Construct):
    """One key for each generation that ``settings.token_keys`` names; the first one signs.

    A key that is no longer named is deleted after a month: nothing hangs on it but tokens, which
    live for minutes (docs/runbooks/rotate-token-keys.md).
    """

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings) -> None:
        super().__init__(scope, construct_id)
        self.keys = [
            kms.Key(
                self,
                f"Key{generation}",
                description=f"{settings.stack_name} access tokens, generation {generation}",
                key_spec=kms.KeySpec.ECC_NIST_P256,
                key_usage=kms.KeyUsage.SIGN_VERIFY,
                removal_policy=RemovalPolicy.DESTROY,
                pending_window=Duration.days(30),
            )
            for generation in settings.token_keys
        ]
        self._names = {
            "TOKEN_ISSUER": settings.stack_name,
            "TOKEN_AUDIENCE": f"{settings.stack_name}-api",
        }

    @property
    def to_sign(self) -> dict[str, str]:
        """The environment of the function that signs."""
        return {**self._names, "SIGNING_KEY_ARN": self.keys[0].key_arn}

    @property
    def to_verify(self) -> dict[str, str]:
        """The environment of the function that verifies."""
        arns = ",".join(key.key_arn for key in self.keys)
        return {**self._names, "VERIFICATION_KEY_ARNS": arns}
