"""The shop in another region: its rows from the exports, its images from the replica.

The stack is deployed there first, empty, and filled then: so its tables stay the stack's own
(docs/adr/0018-lost-region.md). Nothing that is there is overwritten, so that it can be done again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

import requests

from ops.errors import OperationError
from ops.recover.buckets.plan import Moment
from ops.recover.buckets.restore import BucketRestore
from ops.recover.operation import Operation, Step
from ops.recover.region.load import Progress, load
from ops.recover.verify.reconcile import reconcile
from ops.recover.verify.settings import EXPORT, State, check_settings
from ops.recover.verify.tables import Tables
from shop.clock import timestamp

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from ops.recover.buckets.objects import Place
    from ops.recover.operation import Facts, Work
    from ops.recover.region.exports import Export
    from ops.target import Target

_SAMPLES = 20
_SECONDS = 30


@dataclass(frozen=True)
class Sources:
    """What was replicated: exports, by table, and images. Images may be none of."""

    exports: Place
    chosen: Sequence[Export]
    images: Place | None


@dataclass(frozen=True)
class Recovery:
    """``tables`` are the new stack's, by their logical ids."""

    target: Target
    sources: Sources
    tables: Mapping[str, str]
    folder: Path

    def operation(self, arguments: Mapping[str, str]) -> Operation:
        # Found anew on every run: a newer export must not be mixed with an older one.
        exports = {each.table: each.folder for each in self.sources.chosen}
        return Operation(
            name="region",
            subject=self.target.stack,
            arguments={**arguments, **exports},
            steps=[
                Step("choose", self._told(), self._choose),
                *(self._loading(each) for each in self.sources.chosen),
                *self._images(),
                Step(
                    "reconcile", "read every row: is each whole, each piece there?", self._reconcile
                ),
                Step("settings", "compare tables and buckets with the template", self._settings),
                Step("health", "ask the new API whether it is well", self._health),
            ],
            losses=lambda facts: facts["lost_seconds"],
        )

    def _told(self) -> str:
        oldest = min(each.moment for each in self.sources.chosen)
        items = sum(each.items for each in self.sources.chosen)
        return f"take the exports of {timestamp(oldest)} or just after, {items:,} rows in all"

    def _choose(self, _: Work) -> Facts:
        now = datetime.now(UTC)
        lost = {
            each.table: round((now - each.moment).total_seconds()) for each in self.sources.chosen
        }
        return {
            "exports": {each.table: timestamp(each.moment) for each in self.sources.chosen},
            "lost_seconds_by_table": lost,
            "lost_seconds": max(lost.values()),
        }

    def _loading(self, export: Export) -> Step:
        name = self.tables[export.table]
        plan = f"write {export.items:,} rows into {name} where there are none"
        return Step(f"load {export.table}", plan, partial(self._load, export, name))

    def _load(self, export: Export, name: str, work: Work) -> Facts:
        file = export.folder.strip("/").replace("/", "-")
        progress = Progress(self.folder / f"region-{self.target.stack}-{file}.done")
        source = (self.sources.exports, export)
        loaded = load(self.target.dynamodb(), name, source, progress, work.say)
        if loaded.total != export.items:
            raise OperationError(f"{loaded.total} rows came of {export.items} in the export.")
        progress.forget()
        table = export.table
        return {
            f"{table}_written": loaded.written,
            f"{table}_there_already": loaded.there,
            f"{table}_there_and_different": len(loaded.different),
            f"{table}_different_keys": loaded.different[:_SAMPLES],
        }

    def _images(self) -> list[Step]:
        if self.sources.images is None:
            return []
        plan = f"copy what {self.sources.images.bucket} shows into the new bucket"
        return [Step("images", plan, partial(self._copy_images, self.sources.images))]

    def _copy_images(self, replica: Place, work: Work) -> Facts:
        live = replica._replace(s3=self.target.s3(), bucket=self.target.output("ImagesBucketName"))
        began = datetime.now(UTC)
        restore = BucketRestore(replica, live, Moment(began))
        done = restore.restore(work.say)
        wrong = [each.key for each in restore.check(began) if not each.good and not each.others]
        if wrong:
            raise OperationError(f"{len(wrong)} images are not as in the replica: {wrong[0]!r}.")
        return {"images": done["done"], "images_not_restored": done["not_restored"]}

    def _reconcile(self, work: Work) -> Facts:
        done = reconcile(Tables.of(self.target), work.say)
        return {
            "rows": done.rows,
            "findings": [each._asdict() for each in done.findings[:_SAMPLES]],
            "findings_number": len(done.findings),
        }

    def _settings(self, _: Work) -> Facts:
        # Exports begin anew in the new region: at first there is none.
        bad = [
            each
            for each in check_settings(self.target)
            if each.state is State.BAD and each.what != EXPORT
        ]
        return {"settings_wrong": [f"{each.subject} {each.what}: {each.text}" for each in bad]}

    def _health(self, _: Work) -> Facts:
        url = api_url(self.target)
        try:
            status = requests.get(f"{url}/health", timeout=_SECONDS).status_code
        except requests.RequestException as error:
            raise OperationError(f"{url} does not answer: {type(error).__name__}.") from error
        if status != requests.codes.ok:
            raise OperationError(f"{url}/health answers {status}.")
        return {"api": url}


def api_url(target: Target) -> str:
    """Where the stack's API is; the local one is reached by its id."""
    outputs = target.outputs()
    if target.endpoint_url is None:
        return outputs["ApiUrl"].rstrip("/")
    return f"{target.endpoint_url}/_aws/execute-api/{outputs['ApiId']}/$default"
