"""Where a local stack keeps what it has: its data, logs and the note of its running process."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ops.target import LOCAL_REGION, LOCAL_STACK, Target, local_session

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class LocalFolder:
    """The layout of ``.local`` (or of a test's own folder)."""

    root: Path

    @property
    def state(self) -> Path:
        return self.root / "state"

    @property
    def objects(self) -> Path:
        return self.root / "s3"

    @property
    def scratch(self) -> Path:
        return self.root / "tmp"

    @property
    def assembly(self) -> Path:
        """What the CDK synthesized last."""
        return self.root / "cdk.out"

    @property
    def emulator_log(self) -> Path:
        return self.root / "emulator.log"

    @property
    def deploy_log(self) -> Path:
        return self.root / "deploy.log"

    @property
    def process_note(self) -> Path:
        return self.root / "process.json"

    @property
    def outputs(self) -> Path:
        return self.root / "outputs.json"

    @property
    def admin_note(self) -> Path:
        """The local administrator's e-mail and password, which go with the data."""
        return self.root / "admin.json"

    @property
    def saved(self) -> bool:
        """Whether there is data of an earlier run, which the emulator saves when it ends."""
        return (self.state / "cloudformation.json").exists()

    def prepare(self) -> None:
        """Make the folders, without what earlier runs left behind and no later one can use."""
        if not self.saved:
            self.erase_data()  # objects without their state: a run that was killed
        for path in (self.scratch, self.assembly):
            shutil.rmtree(path, ignore_errors=True)
        for path in (self.state, self.objects, self.scratch):
            path.mkdir(parents=True, exist_ok=True)

    def erase_data(self) -> None:
        self.admin_note.unlink(missing_ok=True)
        for path in (self.state, self.objects, self.scratch):
            shutil.rmtree(path, ignore_errors=True)

    def template(self) -> dict[str, Any]:
        """The stack's template as synthesized last."""
        text = (self.assembly / "ShopStack.template.json").read_text()
        template: dict[str, Any] = json.loads(text)
        return template


def target_at(endpoint_url: str) -> Target:
    """The local stack behind the emulator at ``endpoint_url``."""
    return Target(LOCAL_STACK, local_session(), endpoint_url)


def emulator_variables(endpoint_url: str) -> dict[str, str]:
    """What the CDK needs to take the emulator for AWS."""
    return {
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": LOCAL_REGION,
        "AWS_DEFAULT_REGION": LOCAL_REGION,
    }
