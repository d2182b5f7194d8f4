"""The plan as a validation of the CDK: what refuses stops ``cdk synth`` and ``cdk deploy``.

It holds the template against the committed baseline, so it needs no account. A stage that was left
behind, or is ahead, is for ``shop migrate plan --stack``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import jsii
from aws_cdk import (
    IPolicyValidationContext,
    IPolicyValidationPlugin,
    PolicyValidationPluginReport,
    PolicyViolatingResource,
    PolicyViolation,
    Validations,
)

from cdk.schema.plan import commands, described, plan, read_baseline
from cdk.schema.shapes import SchemaError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aws_cdk import App


def guard_tables(app: App, baseline: Path | None = None) -> None:
    """Let ``app`` synthesize nothing that is no single step from ``baseline``, or the committed."""
    Validations.of(app).add_plugins(_TableSteps(baseline))


@jsii.implements(IPolicyValidationPlugin)
class _TableSteps:
    def __init__(self, baseline: Path | None) -> None:
        self._baseline = baseline

    @property  # of a class the CDK sees properties and methods only
    def name(self) -> str:
        return "tables"

    @property
    def rule_ids(self) -> None:
        return None

    @property
    def version(self) -> None:
        return None

    def validate(self, context: IPolicyValidationContext) -> PolicyValidationPluginReport:
        violations = [
            violation
            for path in context.template_paths
            for violation in _violations(Path(path), self._baseline)
        ]
        return PolicyValidationPluginReport(success=not violations, violations=violations)


def _violations(path: Path, baseline: Path | None) -> Iterator[PolicyViolation]:
    def violation(rule: str, table: str, what: str, steps: list[str]) -> PolicyViolation:
        return PolicyViolation(
            rule_name=rule,
            description=what,
            fix=" ".join(f"{number}. {step}" for number, step in enumerate(steps, 1)),
            violating_resources=[
                PolicyViolatingResource(
                    resource_logical_id=table, template_path=str(path), locations=[]
                )
            ],
        )

    try:
        made = plan(json.loads(path.read_text()), read_baseline(baseline))
    except SchemaError as error:
        mend = ["Bring cdk/tables.json back from version control."]
        yield violation("baseline", "cdk/tables.json", str(error), mend)
        return
    for refusal in made.refusals:
        yield violation(refusal.rule, refusal.table, str(refusal), list(refusal.way_out))
    if not made.refusals and not made.is_one_step:
        tables = sorted({change.table for each in made.deployments for change in each.changes})
        what = f"{', '.join(tables)}: several indexes change; AWS does one of a table at a time."
        steps = [f"{described(each)} {', then '.join(commands(each))}" for each in made.deployments]
        yield violation("one-index-at-a-time", tables[0], what, steps)
