"""The files that the stack puts beside this module (cdk/documents.py makes them)."""

import json
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).with_name("static")


@cache
def read(name: str) -> bytes:
    return (FOLDER / name).read_bytes()


@cache
def paths() -> dict[str, dict[str, Any]]:
    """The paths of the API document: operations by path template and lower-case method."""
    described: dict[str, dict[str, Any]] = json.loads(read("openapi.json"))["paths"]
    return described
