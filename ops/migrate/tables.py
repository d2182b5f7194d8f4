"""The two sides of a plan: the template that the code makes, and the tables that are there."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from cdk.schema.plan import read_baseline
from cdk.schema.shapes import SchemaError, tables
from ops import processes
from ops.errors import OperationError
from ops.local.deployment import LOCAL_STAGE, NODE_FOLDER
from ops.paths import ROOT
from ops.recover.tables.locate import stack_template

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cdk.schema.shapes import Shape
    from ops.target import Target

_STAGE = "shop:stage"
_TEMPLATE = "ShopStack.template.json"
_NO_STACK = "does not exist"


def synthesized(settings: Sequence[str], *, local: bool) -> dict[str, Any]:
    """The template that the code makes with cdk.json and ``settings`` like ``shop:name=value``.

    One that must not be deployed, too. Raises OperationError when there is none.
    """
    context = json.loads((ROOT / "cdk.json").read_text())["context"]
    context |= _parsed(settings) | ({_STAGE: LOCAL_STAGE} if local else {})
    with tempfile.TemporaryDirectory(prefix="shop-plan-") as name:
        folder = Path(name)
        environment = processes.clean_environment() | {
            "PATH": f"{NODE_FOLDER}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
            "CDK_OUTDIR": str(folder / "cdk.out"),
            "CDK_CONTEXT_JSON": json.dumps(context),
        }
        made = folder / "cdk.out" / _TEMPLATE
        try:
            processes.run(
                [sys.executable, str(ROOT / "app.py")],
                what="app.py",
                log=folder / "log",
                env=environment,
            )
        except OperationError as error:
            if not made.exists():  # it is when the validation refused it
                log = (folder / "log").read_text()
                raise OperationError(f"The code makes no template: {log.strip()}") from error
        return read_template(made)


def _parsed(settings: Sequence[str]) -> dict[str, str]:
    pairs = [each.partition("=") for each in settings]
    if not all(name and value for name, _, value in pairs):
        raise OperationError("A setting is written like shop:holdBack=ProductsTable/listing-name.")
    return {name: value for name, _, value in pairs}


def read_template(path: Path) -> dict[str, Any]:
    """Raises OperationError unless ``path`` has a template."""
    try:
        template = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise OperationError(f"The template {path} cannot be read: {error}") from error
    if not isinstance(template, dict) or not isinstance(template.get("Resources"), dict):
        raise OperationError(f"{path} is no template: it has no Resources.")
    return template


def committed(path: Path | None) -> dict[str, Shape]:
    """The tables in a baseline or a template at ``path``, or else in the committed baseline."""
    try:
        return read_baseline(path)
    except SchemaError as error:
        raise OperationError(f"{error}.") from error


def deployed(target: Target) -> dict[str, Shape] | None:
    """The tables as CloudFormation has them in the stack's template; None without a stack."""
    try:
        template = stack_template(target)
    except ClientError as error:
        if _NO_STACK in str(error):
            return None
        raise
    try:
        return tables(nameless(template) if target.endpoint_url else template)
    except SchemaError as error:
        raise OperationError(f"The stack {target.stack} cannot be planned for: {error}.") from error


def nameless(template: Mapping[str, Any]) -> dict[str, Any]:
    """The same, without the names that tables only have in the emulator (cdk/table.py)."""
    resources = {
        logical_id: {
            **resource,
            "Properties": {
                name: value
                for name, value in resource.get("Properties", {}).items()
                if name != "TableName"
            },
        }
        for logical_id, resource in template["Resources"].items()
    }
    return {**template, "Resources": resources}
