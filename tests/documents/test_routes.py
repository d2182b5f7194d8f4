"""Which methods a path takes is read off the API document."""

import pytest

from documents.routes import methods_of

PATHS = {
    "/": ["get"],
    "/items": ["get", "post"],
    "/items/{item_id}": ["patch", "get"],
    "/items/{item_id}/parts/{part_id}": ["delete"],
    "/items/newest": ["get"],
}


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/", ["GET"]),
        ("/items", ["GET", "POST"]),
        ("/items/7", ["GET", "PATCH"]),
        ("/items/newest", ["GET", "PATCH"]),
        ("/items/{item_id}", ["GET", "PATCH"]),
        ("/items/7/parts/8", ["DELETE"]),
        ("", []),
        ("items", []),
        ("/Items", []),
        ("/items/", []),
        ("/items/7/", []),
        ("/items//parts/8", []),
        ("/items/7/parts", []),
        ("/items/7/parts/8/9", []),
        ("/{anything}", []),
    ],
)
def test_methods_are_those_of_the_paths_that_match(path: str, methods: list[str]) -> None:
    assert methods_of(PATHS, path) == methods
