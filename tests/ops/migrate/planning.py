"""``shop migrate plan`` as the tests call it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import typer
from botocore.exceptions import ClientError
from typer.testing import CliRunner

from cdk.schema.shapes import as_json, tables
from ops.migrate import plan_command
from ops.target import Target, local_session
from tests.cdk.schema.templates import table, template

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from typer.testing import Result

app = typer.Typer()
app.command()(plan_command.plan)

ONE, TWO, THREE = (
    template(table(indexes=dict.fromkeys(names, "kind S")))
    for names in (["a-a"], ["a-a", "b-b"], ["a-a", "b-b", "c-c"])
)


class Command:
    """The command against a baseline and a template of a test's own."""

    def __init__(self, folder: Path) -> None:
        self.baseline = folder / "tables.json"
        self.template = folder / "template.json"
        self.report = folder / "plan.json"

    def deployed(self, of: dict[str, Any]) -> None:
        self.baseline.write_text(as_json(tables(of)))

    def wanted(self, of: dict[str, Any]) -> None:
        self.template.write_text(json.dumps(of))

    def __call__(self, *arguments: str) -> Result:
        return self.of_stack("--baseline", str(self.baseline), *arguments)

    def of_stack(self, *arguments: str) -> Result:
        result = CliRunner().invoke(app, ["--template", str(self.template), *arguments])
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result


class Stack:
    """CloudFormation with one stack, as the command finds it. (moto has none of it here.)"""

    def __init__(self, patch: pytest.MonkeyPatch, deployed: dict[str, Any], name: str) -> None:
        self.asked: list[tuple[str | None, str | None]] = []
        self._deployed, self._name = deployed, name

        def found(stack: str | None, region: str | None) -> Target:
            self.asked.append((stack, region))
            return Target(stack or name, local_session(), None if stack else "http://localhost")

        patch.setattr(plan_command, "find_target", found)
        patch.setattr(Target, "cloudformation", lambda _: self)

    def get_template(self, **asked: str) -> dict[str, Any]:
        assert asked["TemplateStage"] == "Original"
        if asked["StackName"] != self._name:
            message = f"Stack with id {asked['StackName']} does not exist"
            raise ClientError(
                {"Error": {"Code": "ValidationError", "Message": message}}, "GetTemplate"
            )
        return {"TemplateBody": json.dumps(self._deployed)}
