"""A test double: point-in-time recovery as AWS has it, played on the emulator, which has none.

The emulator's RestoreTableToPointInTime copies the rows of now, whatever time it is asked for, and
a table that is deleted leaves no backup. These answers are played here, from a log of writes
(write_log). Nothing of the recovery itself knows of that: its commands find these answers at their
endpoint (proxy), as they would find those of AWS.
"""

from __future__ import annotations

import json
import threading
import uuid
from datetime import UTC, datetime
from itertools import batched
from typing import TYPE_CHECKING, Any, NamedTuple

from ops.recover.drill.write_log import WriteLog, in_json
from ops.recover.tables.canonical import from_canonical

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from ops.recover.drill.history import JsonItem, Life
    from ops.target import Target

type Request = Mapping[str, Any]
_MOST_ROWS = 25  # of a BatchWriteItem
_KEPT = ("KeySchema", "AttributeDefinitions")
_OVERRIDES = "Override"
STATEMENT = (
    "Point-in-time restore and the backups of deleted tables were played by a double that keeps a"
    " log of every write, and exports of tables were written by another one: the emulator has none"
    " of them. All else, the commands above all, was the real thing."
)


class Refused(Exception):
    """An error that the API answers, by its code there."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Backup(NamedTuple):
    """What is left of a table that was deleted: its rows at that moment."""

    arn: str
    life: Life

    def summary(self) -> dict[str, Any]:
        made = (self.life.ended or self.life.began).timestamp()
        return {
            "TableName": self.life.name,
            "TableId": self.life.shape.get("TableId"),
            "TableArn": self.life.shape["TableArn"],
            "BackupArn": self.arn,
            "BackupName": f"{self.life.name}$DeletedTableBackup",
            "BackupCreationDateTime": made,
            "BackupStatus": "AVAILABLE",
            "BackupType": "SYSTEM",
            "BackupSizeBytes": 0,
        }


class RecoveryDouble:
    """Answers some of DynamoDB's requests; the others are the emulator's.

    ``forward`` hands the very request at hand to the emulator, and returns what it answered.
    """

    def __init__(self, target: Target) -> None:
        self.log = WriteLog(target)
        self._dynamodb = target.dynamodb()
        self._backups: dict[str, Backup] = {}
        self._lock = threading.Lock()

    def answers(self) -> Mapping[str, Callable[[Request, Callable[[], Any]], Any]]:
        return {
            "RestoreTableToPointInTime": self._restore_to_moment,
            "RestoreTableFromBackup": self._restore_backup,
            "ListBackups": self._list_backups,
            "DescribeContinuousBackups": self._describe_recovery,
            "UpdateContinuousBackups": self._update_recovery,
            "DeleteTable": self._delete,
        }

    def _restore_to_moment(self, request: Request, _: Callable[[], Any]) -> Any:
        source = request.get("SourceTableName") or _name(request.get("SourceTableArn", ""))
        now = datetime.now(UTC)
        moment = now
        if not request.get("UseLatestRestorableTime"):
            moment = datetime.fromtimestamp(request["RestoreDateTime"], UTC)
        if self.log.life(source) is None:
            raise Refused("TableNotFoundException", f"Table not found: {source}")
        life = self.log.life(source, moment)
        if life is None or moment > now:
            raise Refused("InvalidRestoreTimeException", f"{source} is not known at {moment}")
        summary = {"SourceTableArn": life.shape["TableArn"], "RestoreDateTime": moment.timestamp()}
        return self._make(request, life, moment, summary)

    def _restore_backup(self, request: Request, forward: Callable[[], Any]) -> Any:
        backup = self._backups.get(request["BackupArn"])
        if backup is None:
            return forward()
        moment = backup.life.ended or backup.life.began
        summary = {"SourceBackupArn": backup.arn, "RestoreDateTime": moment.timestamp()}
        return self._make(request, backup.life, moment, summary)

    def _make(self, request: Request, life: Life, moment: datetime, summary: Any) -> Any:
        """The restored table, whole when it is answered; AWS would go on filling it."""
        if any(name.endswith(_OVERRIDES) for name in request):
            raise Refused("ValidationException", "the double restores a table only as it was")
        name = request["TargetTableName"]
        try:
            made: Any = self._dynamodb.create_table(TableName=name, **_as_new(life.shape))
        except self._dynamodb.exceptions.ResourceInUseException as error:
            raise Refused("TableAlreadyExistsException", str(error)) from error
        self._fill(name, life.at(moment).values())
        described = in_json(made["TableDescription"])
        described["RestoreSummary"] = {**summary, "RestoreInProgress": True}
        return {"TableDescription": described}

    def _fill(self, name: str, rows: Iterable[JsonItem]) -> None:
        for batch in batched(rows, _MOST_ROWS, strict=False):
            items = [from_canonical(json.dumps(row)) for row in batch]
            left: Any = {name: [{"PutRequest": {"Item": item}} for item in items]}
            while left:
                left = self._dynamodb.batch_write_item(RequestItems=left)["UnprocessedItems"]

    def _list_backups(self, request: Request, forward: Callable[[], Any]) -> Any:
        told = forward()
        wanted = _name(request.get("TableName", ""))
        if request.get("BackupType", "SYSTEM") in ("SYSTEM", "ALL"):
            told["BackupSummaries"] += [
                backup.summary()
                for backup in self._backups.values()
                if not wanted or backup.life.name == wanted
            ]
        return told

    def _describe_recovery(self, request: Request, forward: Callable[[], Any]) -> Any:
        told = forward()
        described = told["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
        life = self.log.life(_name(request["TableName"]))
        if life and described["PointInTimeRecoveryStatus"] == "ENABLED":
            described["EarliestRestorableDateTime"] = life.began.timestamp()
            described["LatestRestorableDateTime"] = datetime.now(UTC).timestamp()
        return told

    def _update_recovery(self, request: Request, forward: Callable[[], Any]) -> Any:
        told = forward()
        if request["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"]:
            self.log.begin(_name(request["TableName"]))
        return told

    def _delete(self, request: Request, forward: Callable[[], Any]) -> Any:
        told = forward()
        name = _name(request["TableName"])
        life = self.log.life(name)
        if life and not life.ended:
            self.log.end(name)
            arn = f"{life.shape['TableArn']}/backup/{uuid.uuid4().hex}"
            self._backups[arn] = Backup(arn, life)
        return told


def _as_new(shape: Mapping[str, Any]) -> dict[str, Any]:
    """What a restored table has of the one that it comes from: keys, indexes and billing."""
    kept = {name: shape[name] for name in _KEPT}
    billing = shape.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED")
    if billing == "PROVISIONED":
        raise Refused("ValidationException", "the double knows tables on demand only")
    indexes = [
        {name: index[name] for name in ("IndexName", "KeySchema", "Projection")}
        for index in shape.get("GlobalSecondaryIndexes", [])
    ]
    return {
        **kept,
        "BillingMode": billing,
        **({"GlobalSecondaryIndexes": indexes} if indexes else {}),
    }


def _name(text: str) -> str:
    """The name of a table that is given by it, or by its ARN."""
    return text.rpartition("/")[2]
