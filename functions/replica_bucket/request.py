"""What CloudFormation asks for: a request of a custom resource, whose values are all text."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from replica_bucket.errors import NotPossible

if TYPE_CHECKING:
    from collections.abc import Mapping

_STACK_ID = re.compile(
    r"arn:(?P<partition>[\w-]+):cloudformation:(?P<region>[\w-]+):(?P<account>\d+):"
)
_BUCKET_NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")


class Kept(NamedTuple):
    """How long what lies under ``prefix`` stays, in days.

    ``days`` is the age of an object at which it goes (None: never), ``recovery_days`` how long
    after that, or after someone deleted or replaced it, it can be brought back.
    """

    id: str
    prefix: str
    recovery_days: int
    days: int | None


class Wanted(NamedTuple):
    """The bucket that is to be there, and how."""

    name: str
    region: str
    account: str
    partition: str
    tls_only: bool
    kept: tuple[Kept, ...]
    tags: Mapping[str, str]

    @property
    def arn(self) -> str:
        return f"arn:{self.partition}:s3:::{self.name}"


def wanted(event: Mapping[str, Any]) -> Wanted:
    """What the ``event`` asks for. Raises NotPossible when it is none, or cannot be had."""
    stack = _STACK_ID.match(str(event.get("StackId")))
    if not stack:
        raise NotPossible(f"StackId {event.get('StackId')!r} is not a stack's.")
    try:
        properties = event["ResourceProperties"]
        region = str(properties["Region"])
        chosen = Wanted(
            name=_name(str(properties["NamePrefix"]), stack["account"], stack["region"]),
            region=region,
            account=stack["account"],
            partition=stack["partition"],
            tls_only=_boolean(properties["TlsOnly"]),
            kept=tuple(_kept(each) for each in properties["Kept"]),
            tags={str(name): str(value) for name, value in properties["Tags"].items()},
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise NotPossible(f"The properties are not those of a replica: {error!r}.") from error
    if region == stack["region"]:
        raise NotPossible(
            f"The replica is to be in {region}, where the stack itself is. "
            "Choose another region by the setting shop:replicaRegion."
        )
    return chosen


def _name(prefix: str, account: str, region: str) -> str:
    """The same for the same stack in the same place, and nobody else's.

    Bucket names are one space for the whole world, and stacks of one name may be in several
    accounts and regions; written out, both would not fit into its 63 characters.
    """
    suffix = hashlib.sha256(f"{account} {region}".encode()).hexdigest()[:10]
    name = f"{prefix}{suffix}"
    if not _BUCKET_NAME.fullmatch(name):
        raise ValueError(f"{name} cannot be the name of a bucket")
    return name


def _kept(given: Mapping[str, str]) -> Kept:
    days = given.get("Days")
    return Kept(
        id=given["Id"],
        prefix=given["Prefix"],
        recovery_days=int(given["RecoveryDays"]),
        days=int(days) if days else None,
    )


def _boolean(text: object) -> bool:
    return {"true": True, "false": False}[str(text).lower()]
