"""What a team may choose about a deployment, read from CDK context keys ``shop:...``.

``cdk deploy -c shop:stage=prod -c shop:corsOrigins=https://shop.example`` or cdk.json.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)
from pydantic.alias_generators import to_camel

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

PREFIX = "shop:"
LOCAL_STAGE = "local"
LOCAL_REPLICA_REGION = "eu-west-1"  # the emulator has every region

# The days that CloudWatch Logs takes (PutRetentionPolicy), and their names in aws_logs.
RETENTION_DAYS = {
    1: "ONE_DAY",
    3: "THREE_DAYS",
    5: "FIVE_DAYS",
    7: "ONE_WEEK",
    14: "TWO_WEEKS",
    30: "ONE_MONTH",
    60: "TWO_MONTHS",
    90: "THREE_MONTHS",
    120: "FOUR_MONTHS",
    150: "FIVE_MONTHS",
    180: "SIX_MONTHS",
    365: "ONE_YEAR",
    400: "THIRTEEN_MONTHS",
    545: "EIGHTEEN_MONTHS",
    731: "TWO_YEARS",
    1096: "THREE_YEARS",
    1827: "FIVE_YEARS",
    2192: "SIX_YEARS",
    2557: "SEVEN_YEARS",
    2922: "EIGHT_YEARS",
    3288: "NINE_YEARS",
    3653: "TEN_YEARS",
}


class SettingsError(Exception):
    """A sentence that names the setting that is wrong."""


def _split(value: object) -> object:
    """A list as the command line gives it: ``a,b``."""
    if not isinstance(value, str):
        return value
    return [part.strip() for part in value.split(",") if part.strip()]


def _known_retention(days: int) -> int:
    if days not in RETENTION_DAYS:
        raise ValueError(f"CloudWatch Logs keeps for {', '.join(map(str, RETENTION_DAYS))} days")
    return days


def _different(keys: tuple[int, ...]) -> tuple[int, ...]:
    if len(set(keys)) < len(keys):
        raise ValueError("names the same key twice")
    return keys


_Region = Annotated[str, Field(pattern=r"^[a-z]{2,4}(-[a-z]+)+-\d$")]
_Email = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]
# A table's logical id, and what DynamoDB takes for the name of an index.
_Index = Annotated[str, Field(pattern=r"^\w+/[A-Za-z0-9_.-]{3,255}$")]
_Origin = Annotated[str, Field(pattern=r"^(\*|https?://[^/\s*]+)$")]


class Settings(BaseModel):
    """What they do, and which ones must be given: docs/architecture.md."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", frozen=True)

    stage: Annotated[str, Field(pattern=r"^[a-z][a-z0-9]{0,15}$")] = "dev"
    region: _Region | None = None
    replica_region: _Region | None = None
    cors_origins: Annotated[tuple[_Origin, ...], BeforeValidator(_split)] = ()
    token_keys: Annotated[
        tuple[Annotated[int, Field(ge=1)], ...],
        BeforeValidator(_split),
        AfterValidator(_different),
        Field(min_length=1, max_length=2),
    ] = (1,)
    alarm_email: _Email | None = None
    repair: str = ""
    unpaid_minutes: Annotated[int, Field(ge=1, le=10_080)] = 30
    hold_back: Annotated[tuple[_Index, ...], BeforeValidator(_split)] = ()
    planned: str | None = None
    local_port: Annotated[int, Field(ge=1, le=65535)] = 4566
    log_retention_days: Annotated[int, AfterValidator(_known_retention)] = 90

    @property
    def local(self) -> bool:
        """Whether this is the embedded local AWS."""
        return self.stage == LOCAL_STAGE

    @property
    def stack_name(self) -> str:
        return f"shop-{self.stage}"

    @property
    def second_region(self) -> str:
        """Where critical buckets are replicated to."""
        return self.replica_region or LOCAL_REPLICA_REGION

    @property
    def guarded(self) -> bool:
        """Whether the tables are held against the committed baseline.

        Not locally, where they are called otherwise and can be thrown away, and not when the stack
        itself was looked at.
        """
        return not self.local and self.planned != self.stack_name

    def held_back(self, table: str) -> frozenset[str]:
        """Indexes of ``table`` that are left to a later deployment (cdk/schema/steps.py)."""
        named = (each.split("/") for each in self.hold_back)
        return frozenset(index for logical_id, index in named if logical_id == table)

    def require_indexes(self, known: Collection[str]) -> None:
        """Raise SettingsError when an index is held back that is none of those ``known``."""
        unknown = [each for each in self.hold_back if each not in known]
        if unknown:
            raise SettingsError(
                f"setting {PREFIX}holdBack names {', '.join(unknown)}; there are "
                f"{', '.join(sorted(known))}"
            )

    @model_validator(mode="after")
    def _two_regions(self) -> Self:
        if not self.replica_region and not self.local:
            raise ValueError(
                "replicaRegion is missing: the second region, in which images and exports of "
                "tables survive the loss of the first"
            )
        if self.second_region == self.region:
            raise ValueError("replicaRegion must differ from region")
        return self


def read(context: Mapping[str, Any]) -> Settings:
    """Settings in a CDK ``context``. Raises SettingsError for a wrong or an unknown one."""
    given = {
        key.removeprefix(PREFIX): value for key, value in context.items() if key.startswith(PREFIX)
    }
    try:
        settings = Settings.model_validate(given)
    except ValidationError as error:
        raise SettingsError("; ".join(_sentence(each) for each in error.errors())) from None
    # Where the CDK's command line would deploy to when no setting says it, as far as it knows.
    default = os.environ.get("CDK_DEFAULT_REGION")
    if not (settings.local or settings.region) and settings.second_region == default:
        raise SettingsError(
            f"the stack would go to {default}, the command line's region, where its replicas are "
            f"to be: choose another {PREFIX}replicaRegion, or say {PREFIX}region"
        )
    return settings


def _sentence(error: Any) -> str:
    name = PREFIX + (str(error["loc"][0]) if error["loc"] else "")
    if error["type"] == "extra_forbidden":
        known = ", ".join(PREFIX + to_camel(field) for field in Settings.model_fields)
        return f"there is no setting {name}; there are {known}"
    reason = error["msg"].removeprefix("Value error, ")
    if not error["loc"]:
        return f"settings {PREFIX}*: {reason}"
    return f"setting {name} cannot be {error['input']!r}: {reason}"
