"""Forged access tokens: everything that must be refused, from one place, for every kind of test."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import TYPE_CHECKING, Any

import jwt
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from jwt.utils import base64url_encode, der_to_raw_signature

from shop import tokens
from shop.ids import new_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from shop.identity import Caller

type Sign = Callable[[bytes], bytes]
"""Signs with the key in KMS; the signature is DER, as KMS gives it."""


class Mint:
    """Makes tokens with the real key, good ones and ones that nobody should make."""

    def __init__(self, sign: Sign, *, kid: str, issuer: str, audience: str) -> None:
        self._sign = sign
        self.kid = kid
        self._issuer = issuer
        self._audience = audience

    def header(self, **changes: Any) -> dict[str, Any]:
        return _changed({"alg": tokens.ALGORITHM, "typ": tokens.TYPE, "kid": self.kid}, changes)

    def claims(self, caller: Caller, **changes: Any) -> dict[str, Any]:
        claims = tokens.claims(
            caller, issuer=self._issuer, audience=self._audience, now=int(time.time())
        )
        return _changed(claims, changes)

    def signed_in_der(self, header: Mapping[str, Any], claims: Any) -> str:
        text = unsigned(header, claims)
        return f"{text}.{_encoded(self._sign(text.encode()))}"

    def signed(self, header: Mapping[str, Any], claims: Any) -> str:
        text = unsigned(header, claims)
        der = self._sign(text.encode())
        raw = der_to_raw_signature(der, ec.SECP256R1())
        return f"{text}.{base64url_encode(raw).decode()}"

    def good(self, caller: Caller) -> str:
        return self.signed(self.header(), self.claims(caller))


def forged(mint: Mint, caller: Caller, public_key_der: bytes) -> Iterator[tuple[str, str]]:
    """Name and token of each forgery; the good token is none of them."""
    yield from _without_signature(mint, caller)
    yield from _other_keys(mint, caller, public_key_der)
    yield from _odd_headers(mint, caller)
    yield from _wrong_claims(mint, caller)
    yield from _damaged(mint, caller)


def _without_signature(mint: Mint, caller: Caller) -> Iterator[tuple[str, str]]:
    good = mint.good(caller)
    claims = mint.claims(caller, role="admin")
    for alg in ("none", "None", "NONE", "nOnE", "", None):
        text = unsigned(mint.header(alg=alg), claims)
        yield f"alg {alg!r} without a signature", f"{text}."
        yield f"alg {alg!r} with a signature", f"{text}.{good.rpartition('.')[2]}"
    text = unsigned(mint.header(), claims)
    yield "no signature", f"{text}."
    yield "two parts", text
    yield "a signature of zeros", f"{text}.{_encoded(bytes(64))}"
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    yield "a signature of the order", f"{text}.{_encoded(order.to_bytes(32) * 2)}"
    yield "another token's signature", f"{text}.{good.rpartition('.')[2]}"


def _other_keys(mint: Mint, caller: Caller, public_key_der: bytes) -> Iterator[tuple[str, str]]:
    claims = mint.claims(caller)
    pem = serialization.load_der_public_key(public_key_der).public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    for alg, digest in (("HS256", "sha256"), ("HS512", "sha512"), ("ES256", "sha256")):
        for name, secret in (("PEM", pem), ("DER", public_key_der), ("empty", b"")):
            text = unsigned(mint.header(alg=alg), claims)
            mac = hmac.new(secret, text.encode(), digest).digest()
            yield f"{alg} with the public key in {name} as secret", f"{text}.{_encoded(mac)}"
    own = ec.generate_private_key(ec.SECP256R1())
    yield "own key under the known kid", _own(own, mint.header(), claims)
    jwk = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(own.public_key()))
    certificate = base64.b64encode(b"certificate").decode()
    for name, value in {
        "jwk": jwk,
        "jku": "https://example.com/keys",
        "x5u": "https://example.com/certificate",
        "x5c": [certificate],
    }.items():
        yield f"own key in {name}", _own(own, mint.header(**{name: value}), claims)
    for kid in _odd_kids():
        yield f"own key under kid {str(kid)[:30]!r}", _own(own, mint.header(kid=kid), claims)


def _odd_kids() -> list[Any]:
    return [
        None, "", "../../../dev/null", "' OR '1'='1", "alias/aws/s3", new_id(), 0, True, [], {},
        "\x00", "\u00e9", "k" * 200,
    ]  # fmt: skip


def _odd_headers(mint: Mint, caller: Caller) -> Iterator[tuple[str, str]]:
    claims = mint.claims(caller)
    for changes in (
        {"typ": "JWT"},
        {"typ": None},
        {"typ": "AT+JWT"},
        {"alg": "es256"},
        {"alg": "ES384"},
        {"alg": "RS256"},
        {"alg": "PS256"},
        {"crit": ["exp"]},
        {"b64": False, "crit": ["b64"]},
        {"zip": "DEF"},
        {"cty": "JWT"},
        {"kid": [mint.kid]},
        {"kid": mint.kid.upper() + " "},
    ):
        yield f"header {changes}", mint.signed(mint.header(**changes), claims)


def _wrong_claims(mint: Mint, caller: Caller) -> Iterator[tuple[str, str]]:
    now = int(time.time())
    beyond = tokens.LEEWAY_SECONDS + 30
    wrong: list[dict[str, Any]] = [
        {"iss": "someone-else"},
        {"iss": ["shop"]},
        {"aud": "someone-else"},
        {"aud": [mint.claims(caller)["aud"]]},
        {"aud": ""},
        {"exp": now - beyond, "iat": now - beyond - 900},
        {"exp": 0},
        {"exp": "2100-01-01"},
        {"exp": str(now + 600)},
        {"exp": float(now + 600)},
        {"exp": 1e400},
        {"exp": True},
        {"iat": now + beyond},
        {"nbf": now + beyond},
        {"role": "root"},
        {"role": ["admin"]},
        {"role": "Admin"},
        {"sub": "../admin"},
        {"sub": 1},
        {"sub": ""},
        {"sid": 1},
        {"sid": "none"},
    ]
    wrong += [{name: None} for name in tokens.CLAIMS]
    for changes in wrong:
        yield f"claims {changes}", mint.signed(mint.header(), mint.claims(caller, **changes))
    no_objects: list[Any] = [[], "claims", 1, None]
    for odd in no_objects:
        yield f"claims that are {odd!r}", mint.signed(mint.header(), odd)


def _damaged(mint: Mint, caller: Caller) -> Iterator[tuple[str, str]]:
    good = mint.good(caller)
    header, claims, signature = good.split(".")
    for name, part in (("header", header), ("claims", claims), ("signature", signature)):
        yield f"a shorter {name}", good.replace(part, part[:-1])
        yield f"half a {name}", good.replace(part, part[: len(part) // 2])
        yield f"a padded {name}", good.replace(part, f"{part}==")
    yield "another spelling of the same signature", good[:-1] + _twin(good[-1])
    yield "one bit of the signature", good[:-4] + ("A" if good[-4] != "A" else "B") + good[-3:]
    yield "two signatures", f"{good}.{signature}"
    yield "two tokens", f"{good},{good}"
    yield "two tokens and a space", f"{good} {good}"
    general = {
        "payload": claims,
        "signatures": [{"protected": header, "signature": signature}] * 2,
    }
    yield "the JSON serialization", json.dumps(general)
    yield "a line break", f"{good}\n"
    yield "a character beyond ASCII", good[:20] + "\u00e9" + good[21:]
    yield "a look-alike letter", good.replace("e", "\u0435", 1)
    yield "oversize claims", mint.signed(mint.header(), mint.claims(caller, pad="x" * 3000))
    yield "oversize text", "A" * 6000
    yield "dots", ".."
    yield "an id", new_id()
    yield "a refresh token's form", _encoded(hashlib.sha512(b"r").digest() + bytes(16))
    yield "a signature in DER", mint.signed_in_der(mint.header(), mint.claims(caller))


def unsigned(header: Mapping[str, Any], claims: Any) -> str:
    return ".".join(_encoded(json.dumps(part).encode()) for part in (header, claims))


def _own(key: ec.EllipticCurvePrivateKey, header: Mapping[str, Any], claims: Any) -> str:
    text = unsigned(header, claims)
    r, s = decode_dss_signature(key.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
    return f"{text}.{_encoded(r.to_bytes(32) + s.to_bytes(32))}"


def _encoded(content: bytes) -> str:
    return base64url_encode(content).decode()


def _twin(last: str) -> str:
    """The last character of 64 bytes in base64 has four bits that say nothing."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return alphabet[alphabet.index(last) ^ 1]


def _changed(values: dict[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """``values`` with ``changes``; None takes one away."""
    return {name: value for name, value in (values | dict(changes)).items() if value is not None}
