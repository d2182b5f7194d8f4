"""Access tokens, signed by KMS.

To be imported only where one is signed: PyJWT and cryptography add 94 ms to a cold start.
"""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

import boto3
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from cryptography.hazmat.primitives.hashes import SHA256
from jwt.algorithms import ECAlgorithm
from jwt.api_jws import PyJWS
from jwt.utils import der_to_raw_signature

from shop import aws, tokens
from users import instants

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient

    from shop.identity import Caller


class Signer:
    """Makes the access tokens of one issuer for one audience."""

    def __init__(self, client: KMSClient, key_arn: str, issuer: str, audience: str) -> None:
        self.client = client
        self._key_arn = key_arn
        self._issuer = issuer
        self._audience = audience
        self._jws = PyJWS(algorithms=[])
        self._jws.register_algorithm(tokens.ALGORITHM, _SignedByKms(client))

    def access_token(self, caller: Caller) -> str:
        """A token for ``caller`` from now on. Raises Unavailable when KMS is busy or away."""
        claims = tokens.claims(
            caller, issuer=self._issuer, audience=self._audience, now=instants.now_seconds()
        )
        return self._jws.encode(
            json.dumps(claims, separators=(",", ":")).encode(),
            self._key_arn,
            algorithm=tokens.ALGORITHM,
            headers={"typ": tokens.TYPE, "kid": tokens.key_id(self._key_arn)},
        )


class _SignedByKms(ECAlgorithm):
    """ES256 whose key is the ARN of a key in KMS, which it never leaves."""

    def __init__(self, client: KMSClient) -> None:
        super().__init__(SHA256)
        self._client = client

    def prepare_key(self, key: Any) -> Any:
        return key

    def check_key_length(self, key: Any) -> str | None:
        """Nothing to say: the key's kind is fixed where it is made."""

    def sign(self, msg: bytes, key: Any) -> bytes:
        answer = aws.available(
            partial(
                self._client.sign,
                KeyId=key,
                Message=msg,
                MessageType="RAW",
                SigningAlgorithm="ECDSA_SHA_256",
            )
        )
        return der_to_raw_signature(answer["Signature"], SECP256R1())


def create(key_arn: str, issuer: str, audience: str) -> Signer:
    return Signer(boto3.client("kms", config=aws.CONFIG), key_arn, issuer, audience)
