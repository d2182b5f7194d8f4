"""Values of a template that CloudFormation has yet to put together, as text."""

from __future__ import annotations

import json
from typing import Any


def as_text(value: Any) -> str:
    """``{"Fn::GetAtt": ["ProductsTable", "Arn"]}`` becomes ``${ProductsTable.Arn}``.

    What is not known here stays as JSON, so that two of them differ when they are not the same.
    """
    match value:
        case str():
            return value
        case {"Ref": str(name)}:
            return f"${{{name}}}"
        case {"Fn::GetAtt": [str(name), str(attribute)]}:
            return f"${{{name}.{attribute}}}"
        case {"Fn::Join": [str(mark), list(parts)]}:
            return mark.join(map(as_text, parts))
        case {"Fn::Sub": str(text)} | {"Fn::Sub": [str(text), _]}:
            return text
    return json.dumps(value, sort_keys=True)


def as_list(value: Any) -> list[Any]:
    """What may stand alone or in a list, as statements, actions and resources of IAM do."""
    return value if isinstance(value, list) else [value]
