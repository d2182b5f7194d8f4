"""Which routes of the API document a path belongs to."""

from collections.abc import Iterable, Mapping


def methods_of(paths: Mapping[str, Iterable[str]], path: str) -> list[str]:
    """Methods, upper case and sorted, that ``paths`` of the document know for a ``path``."""
    methods = {
        method.upper()
        for template, operations in paths.items()
        if _matches(template, path)
        for method in operations
    }
    return sorted(methods)


def _matches(template: str, path: str) -> bool:
    expected, actual = template.split("/"), path.split("/")
    return len(expected) == len(actual) and all(
        want == have or (want.startswith("{") and have)
        for want, have in zip(expected, actual, strict=True)
    )
