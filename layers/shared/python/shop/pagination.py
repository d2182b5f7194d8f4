"""The query parameters that every list takes."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError


def _digits(value: object) -> object:
    """Digits only: pydantic itself would take " 5", "+5", "5.0" and "1_0" for integers."""
    if isinstance(value, str) and not value.isdigit():
        raise PydanticCustomError("digits", "a number in digits is wanted, such as 20")
    return value


Limit = Annotated[
    int, Field(ge=1, le=100), BeforeValidator(_digits), Query(description="Rows on a page")
]
Cursor = Annotated[
    str | None, Query(description="`nextCursor` of the page before, with the same filters and sort")
]
