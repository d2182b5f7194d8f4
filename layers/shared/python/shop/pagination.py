"""The query parameters that every list takes."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

Limit = Annotated[int, Query(ge=1, le=100, description="Rows on a page")]
Cursor = Annotated[
    str | None, Query(description="`nextCursor` of the page before, with the same filters and sort")
]
