"""The drill as a person gives it, and its double on the running emulator."""

from __future__ import annotations

import json
import random
import subprocess
import time
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import psutil
import pytest
import requests

from ops.recover.drill.history import key_text
from ops.recover.drill.proxy import Proxy
from ops.recover.drill.record import Lane
from ops.recover.drill.recovery_double import RecoveryDouble
from ops.recover.drill.snapshot import TABLES
from ops.recover.drill.write_log import in_json
from ops.target import Target
from tests.e2e.conftest import SHOP

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_dynamodb import DynamoDBClient

    from ops.local.stack import LocalStack

pytestmark = pytest.mark.e2e
SHAPE: Any = {
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Of a whole drill, which ends well."""
    folder = tmp_path_factory.mktemp("drill")
    done = subprocess.run(
        [SHOP, "recover", "drill", "--folder", str(folder)],
        capture_output=True,
        text=True,
        check=False,
        timeout=540,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (written,) = folder.glob("drill-*/report.json")
    assert (written.parent / "timeline.svg").stat().st_size > 5_000
    loaded: dict[str, Any] = json.loads(written.read_text())
    return loaded


@pytest.mark.timeout(600)
def test_the_drill_ends_well_and_has_been_through_all_of_it(report: dict[str, Any]) -> None:
    assert report["good"] is True
    assert report["trouble"] is None
    assert {span["lane"] for span in report["spans"]} == set(Lane)
    assert len(report["checks"]) == 65
    assert all(check["good"] for check in report["checks"])
    commands = {" ".join(each["command"].split()[2:4]) for each in report["recoveries"]}
    assert commands == {
        "table restore", "table repair", "table adopt", "bucket restore", "region --exports-bucket",
    }  # fmt: skip
    rules = report["facts"]["Rules that `verify` found broken"]
    assert {"order-total", "user-row", "unknown-row"} <= set(rules)


def test_what_came_back_is_what_was_there_at_t_and_at_no_other_moment(
    report: dict[str, Any],
) -> None:
    sums = report["checksums"]
    wanted = sums["live at T"]
    for table in TABLES:
        assert sums["restored to T"][table] == sums["in the other region"][table] == wanted[table]
        assert sums["restored to B"][table] == sums["live at B"][table] != wanted[table]
    for name in ("images from versions", "images from replica", "in the other region"):
        assert sums[name]["images"] == wanted["images"] != sums["live at B"]["images"]


def test_nothing_of_it_runs_on(report: dict[str, Any]) -> None:
    assert report["good"]
    lines = [" ".join(each.info["cmdline"] or []) for each in psutil.process_iter(["cmdline"])]
    assert not [line for line in lines if "shop-drill-" in line]


class Double:
    """The double before the running emulator, and a table of a test's own that it logs."""

    def __init__(self, stack: LocalStack, proxy: Proxy, double: RecoveryDouble) -> None:
        self.emulator = stack.target
        self.url = proxy.endpoint_url
        self.direct = stack.target.dynamodb()
        self.client: DynamoDBClient = Target(
            stack.target.stack, stack.target.session, proxy.endpoint_url
        ).dynamodb()
        self.table = f"drill-{uuid.uuid4().hex}"
        self.direct.create_table(TableName=self.table, **SHAPE)
        self.write("before", 0)  # which the log was not there for
        double.log.begin(self.table)

    def write(self, name: str, value: int) -> None:
        row: Any = {"pk": {"S": name}, "n": {"N": str(value)}, "b": {"B": bytes([value])}}
        self.direct.put_item(TableName=self.table, Item=row)

    def rows(self, table: str) -> dict[str, Any]:
        items = self.direct.scan(TableName=table, ConsistentRead=True)["Items"]
        return {key_text({"pk": item["pk"]}): in_json(item) for item in items}

    def restored(self, moment: datetime) -> dict[str, Any]:
        name = f"restored-{uuid.uuid4().hex}"
        self.client.restore_table_to_point_in_time(
            SourceTableName=self.table, TargetTableName=name, RestoreDateTime=moment
        )
        found = self.rows(name)
        self.direct.delete_table(TableName=name)
        return found


@pytest.fixture
def double(stack: LocalStack) -> Iterator[Double]:
    made = RecoveryDouble(stack.target)
    with Proxy(str(stack.target.endpoint_url), made) as proxy:
        found = Double(stack, proxy, made)
        yield found
        found.direct.delete_table(TableName=found.table)


def anything(double: Double, chance: random.Random) -> None:
    """Some write, by some action of the API, straight to the emulator."""
    name, other, value = chance.choice("abcd"), chance.choice("efgh"), chance.randint(1, 99)
    key: Any = {"pk": {"S": name}}
    rows: Any = [{"pk": {"S": each}, "n": {"N": str(value)}} for each in (name, other)]
    put: Any = [{"Put": {"TableName": double.table, "Item": row}} for row in rows]
    dynamodb, table = double.direct, double.table
    match chance.randrange(5):
        case 0:
            double.write(name, value)
        case 1:
            dynamodb.delete_item(TableName=table, Key=key)
        case 2:
            dynamodb.transact_write_items(TransactItems=put)
        case 3:
            requests_: Any = [
                {"PutRequest": {"Item": rows[0]}},
                {"DeleteRequest": {"Key": {"pk": rows[1]["pk"]}}},
            ]
            dynamodb.batch_write_item(RequestItems={table: requests_})
        case _:
            dynamodb.update_item(
                TableName=table,
                Key=key,
                UpdateExpression="ADD n :n SET seen = :seen",
                ExpressionAttributeValues={":n": {"N": "1"}, ":seen": {"BOOL": True}},
            )


@pytest.mark.parametrize("seed", range(4))
def test_a_restored_table_is_what_was_there_whatever_was_written(double: Double, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311  (no secret)
    seen = []
    for _ in range(30):
        anything(double, chance)
        if chance.random() < 0.4:
            time.sleep(0.003)  # the log knows the millisecond
            seen.append((datetime.now(UTC), double.rows(double.table)))
            time.sleep(0.003)
    assert len(seen) > 5
    for moment, rows in chance.sample(seen, 5):
        assert double.restored(moment) == rows
    assert double.restored(datetime.now(UTC)) == double.rows(double.table)


def test_all_else_passes_through_it_as_it_is(double: Double) -> None:
    """Requests and answers: bodies, headers, errors, and what has no body at all."""
    session = double.emulator.session
    direct, through = (
        session.client("s3", endpoint_url=url) for url in (double.emulator.endpoint_url, double.url)
    )
    bucket, body = f"drill-{uuid.uuid4().hex}", random.Random(1).randbytes(300_000)  # noqa: S311  (no secret)
    place: Any = {"LocationConstraint": session.region_name}
    through.create_bucket(Bucket=bucket, CreateBucketConfiguration=place)
    through.put_object(Bucket=bucket, Key="ä b", Body=body, Metadata={"a": "1"})
    for client in (direct, through):
        head = client.head_object(Bucket=bucket, Key="ä b")
        assert (head["ContentLength"], head["Metadata"]) == (len(body), {"a": "1"})
        assert client.get_object(Bucket=bucket, Key="ä b")["Body"].read() == body
    answers = [
        requests.get(f"{url}/{bucket}/none", timeout=9)
        for url in (direct.meta.endpoint_url, through.meta.endpoint_url)
    ]
    assert [each.status_code for each in answers] == [answers[0].status_code] * 2
    with pytest.raises(double.client.exceptions.ResourceNotFoundException):
        double.client.describe_table(TableName="nothing")
    through.delete_object(Bucket=bucket, Key="ä b")
    through.delete_bucket(Bucket=bucket)
