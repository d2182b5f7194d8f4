"""The base of every model that crosses the API, and the types that they share."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


class ApiModel(BaseModel):
    """What we answer: camelCase in JSON, made by its snake_case names in Python.

    Its fields are not held to the limits of requests: what is stored was checked when it came, and
    tightening a limit must not make it unreadable.
    """

    model_config = ConfigDict(
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=False,
        extra="forbid",
        frozen=True,
        # A fault is logged, and what people typed has no place there.
        hide_input_in_errors=True,
    )


class RequestModel(ApiModel):
    """What clients send: camelCase only, since the document names nothing else."""

    model_config = ConfigDict(validate_by_name=False, validate_by_alias=True)


LABEL = r"^[^\x00-\x1f\x7f-\x9f]*[^\x00-\x20\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$"
"""The pattern of short texts: no control characters, nothing blank, what a person can read."""

Id = Annotated[str, Field(examples=["5b0f3f0c7e6f5d0e8e5d9f0a1b2c3d4e"])]
Timestamp = Annotated[
    str,
    Field(
        description="RFC 3339, UTC, milliseconds",
        examples=["2026-01-31T08:30:00.123Z"],
        json_schema_extra={"format": "date-time"},
    ),
]
NextCursor = Annotated[
    str | None,
    Field(description="Give it as `cursor` to read on; null on the last page."),
]


class Problem(BaseModel):
    """An error, as RFC 9457 has it (`application/problem+json`)."""

    model_config = ConfigDict(alias_generator=to_camel, extra="allow")

    type: Annotated[str, Field(description="What went wrong; stable, for programs to compare")]
    title: Annotated[str, Field(description="The same in words, for people")]
    status: Annotated[int, Field(description="The HTTP status")]
    detail: Annotated[str, Field(description="What about this request was wrong")]
    instance: Annotated[str, Field(description="The path that was asked for")]
    request_id: Annotated[str, Field(description="Finds the request in the shop's logs")]
    errors: Annotated[
        list["FieldProblem"] | None, Field(description="Each bad field, when validation failed")
    ] = None


class FieldProblem(BaseModel):
    """One field of a request that failed validation."""

    loc: Annotated[list[str | int], Field(description="Where: query, path or body, then the name")]
    msg: Annotated[str, Field(description="What is wrong with it")]
