"""A little API of notes, with a route for whatever can happen to a request, and its callers."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any

from aws_lambda_powertools.event_handler import Response
from pydantic import Field

from shop.errors import ShopError
from shop.http import PROBLEM_JSON, create_api, entrypoint
from shop.models import ApiModel, Problem, RequestModel
from shop.money import Money
from tests.events import http_event

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_lambda_powertools.utilities.typing import LambdaContext

CANARY = "canary-7f3a"  # stands for what must stay between the client and the code
JSON = {"content-type": "application/json"}


class NewNote(RequestModel):
    text: Annotated[str, Field(min_length=1, max_length=20)]
    stars: Annotated[int, Field(strict=True, ge=0)] = 0
    tip: Money | None = None
    written_by: str = "nobody"


class NoteChanges(RequestModel):
    text: str | None = None
    stars: int | None = None


class Note(ApiModel):
    text: str
    stars: int = 0
    tip: Money | None = None
    written_by: str = "nobody"


class Full(ShopError):
    status = HTTPStatus.CONFLICT
    type = "full"
    title = "There is no room"


api = create_api()
handle = entrypoint(api)


@api.post("/notes")
def write(note: NewNote) -> Note:
    return Note(**note.model_dump())


@api.get("/notes/<note_id>")
def read(note_id: str) -> Note:
    return Note(text=note_id)


@api.patch("/notes/<note_id>")
def change(note_id: str, changes: NoteChanges) -> Note:
    return Note(text=changes.text or note_id)


@api.delete("/notes")
def clear() -> None:
    raise Full(
        "Ten notes fit.",
        extensions={"most": 10, "notes": ["a", "b"]},
        headers={"Retry-After": "60", "X-Room": "0"},
    )


@api.get("/broken")
def broken() -> Note:
    raise RuntimeError(f"the database password is {CANARY}")


@api.get("/mistaken")
def mistaken() -> Note:
    return Note.model_validate({"text": [CANARY]})


@api.get("/lying")
def lying() -> Note:
    return {"text": "", "secret": CANARY}  # type: ignore[return-value]  # that is the lie


@api.get("/raw")
def raw() -> Response[Note]:
    return Response(200, content_type="application/json", body=Note(text="raw"))


@api.delete("/notes/<note_id>")
def forget(note_id: str) -> Response[None]:
    return Response(HTTPStatus.NO_CONTENT)


class Call:
    """Sends requests to the test API."""

    def __init__(self, context: LambdaContext) -> None:
        self._context = context

    def __call__(self, method: str, path: str, **parts: Any) -> dict[str, Any]:
        return handle(http_event(method, path, **parts), self._context)

    def write(
        self, body: str | bytes | None, headers: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        return self("POST", "/notes", headers=JSON if headers is None else headers, body=body)


def problem(answer: dict[str, Any], status: int, problem_type: str) -> dict[str, Any]:
    """The problem document in ``answer``, which has all that such a document needs."""
    document: dict[str, Any] = json.loads(answer["body"])
    assert answer["statusCode"] == status
    assert answer["headers"]["Content-Type"] == PROBLEM_JSON
    assert answer["isBase64Encoded"] is False
    Problem.model_validate(document)
    assert (document["type"], document["status"]) == (problem_type, status)
    assert document["detail"]
    return document
