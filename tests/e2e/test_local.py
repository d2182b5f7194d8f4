"""The local environment keeps its own promises."""

import json
import signal
import time
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests

from ops.local import emulator
from ops.local.folder import LocalFolder, target_at
from ops.local.stack import LocalStack
from ops.seed.load import load_sample
from ops.target import Target
from tests.e2e.conftest import outputs, shop

pytestmark = pytest.mark.e2e


def processes_of(folder: Path) -> list[str]:
    """What runs for a local stack, the CDK and its children too: they all were told its folder."""
    found = []
    for process in psutil.process_iter():
        try:
            if any(str(folder) in value for value in process.environ().values()):
                found.append(" ".join(process.cmdline()))
        except (psutil.AccessDenied, psutil.NoSuchProcess, psutil.ZombieProcess):
            continue  # another person's, or gone
    return found


def wait_for(path: Path, command: object, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not path.exists():
        assert time.monotonic() < deadline, f"{command} did not write {path}"
        time.sleep(0.2)


def waits_for_events(target: Target, seconds: float = 20) -> bool:
    """Whether the catalogue takes what comes to its queue."""
    (queue,) = (each for each in target.resources("AWS::SQS::Queue") if "Arrivals" in each)
    sqs = target.sqs()
    odd = {"source": "aws.s3", "detail": {"bucket": {"name": "x"}, "object": {"key": "odd"}}}
    sqs.send_message(QueueUrl=queue, MessageBody=json.dumps(odd))
    names: Any = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=names)["Attributes"]
        if not any(map(int, found.values())):
            return True
        time.sleep(0.2)
    return False


def test_what_the_emulators_cloudformation_leaves_out_is_there(stack: LocalStack) -> None:
    table = stack.target.output("ProductsTableName")
    backups = stack.target.dynamodb().describe_continuous_backups(TableName=table)
    recovery = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    assert recovery["PointInTimeRecoveryStatus"] == "ENABLED"


def test_seeding_again_changes_nothing(stack: LocalStack) -> None:
    again = load_sample(stack.target)
    assert again.changed == 0
    assert again.products.unchanged > 50


def test_it_listens_on_loopback_only(stack: LocalStack) -> None:
    listening = [
        each.laddr.ip
        for process in [psutil.Process(stack.emulator.pid)]
        for each in process.net_connections()
        if each.status == psutil.CONN_LISTEN
    ]
    assert listening
    assert set(listening) == {"127.0.0.1"}


def test_up_deploys_restarts_with_its_data_and_leaves_no_process(
    tmp_path: Path,
) -> None:
    """From nothing to ready, Ctrl-C, and again: the whole life of `make run`."""
    folder = LocalFolder(tmp_path / "local")
    first = shop(folder.root, "local", "up", "--port", "0")
    try:
        wait_for(folder.outputs, first)
        said = outputs(folder.root)
        assert requests.get(said["apiUrl"] + "/health", timeout=30).json() == {"status": "ok"}
        table = target_at(said["endpointUrl"]).output("ProductsTableName")
        target_at(said["endpointUrl"]).dynamodb().put_item(
            TableName=table, Item={"pk": {"S": "KEPT"}, "sk": {"S": "KEPT"}}
        )
        assert len(processes_of(folder.root)) >= 2  # shop and the emulator, so that we do see them
        second_start = shop(folder.root, "local", "up")
        assert "already running" in second_start.communicate(timeout=60)[0]
        assert second_start.returncode == 1
    finally:
        first.send_signal(signal.SIGINT)
        time.sleep(0.3)
        first.send_signal(signal.SIGINT)  # someone in a hurry: it must still save, and end
        text = first.communicate(timeout=60)[0]
    assert first.returncode == 0, text
    assert "Traceback" not in text
    assert not folder.outputs.exists()
    assert processes_of(folder.root) == []

    again = emulator.start(folder, port=0)
    try:
        kept = (
            target_at(again.endpoint_url)
            .dynamodb()
            .get_item(TableName=table, Key={"pk": {"S": "KEPT"}, "sk": {"S": "KEPT"}})
        )
        assert "Item" in kept
        assert again.endpoint_url != said["endpointUrl"]
        assert waits_for_events(target_at(again.endpoint_url)), "on another port, too"
    finally:
        again.stop(folder)
    assert processes_of(folder.root) == []


def test_an_interrupt_during_the_deployment_leaves_no_process(tmp_path: Path) -> None:
    folder = LocalFolder(tmp_path / "local")
    up = shop(folder.root, "local", "up", "--port", "0")
    wait_for(folder.process_note, up)
    time.sleep(2)
    assert any("node_modules/aws-cdk" in each for each in processes_of(folder.root))
    up.send_signal(signal.SIGTERM)
    text = up.communicate(timeout=60)[0]
    assert "Traceback" not in text
    assert processes_of(folder.root) == []
    assert not folder.saved  # half a deployment is nothing that a later start could stand on


def test_a_start_after_a_killed_one_works(tmp_path: Path) -> None:
    folder = LocalFolder(tmp_path / "local")
    killed = emulator.start(folder, port=0)
    target_at(killed.endpoint_url).session.client(
        "s3", endpoint_url=killed.endpoint_url
    ).create_bucket(
        Bucket="left-behind",
        CreateBucketConfiguration={"LocationConstraint": "eu-central-1"},
    )
    assert killed.child
    killed.child.kill()
    killed.child.wait()
    assert not emulator.find_running(folder)
    again = emulator.start(folder, port=0)
    try:
        s3 = target_at(again.endpoint_url).session.client("s3", endpoint_url=again.endpoint_url)
        assert s3.list_buckets()["Buckets"] == []
    finally:
        again.stop(folder)


def test_a_failing_deployment_says_why_and_where_to_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = LocalFolder(tmp_path / "local")
    # The CDK takes context from there too, as it would from a cdk.json with this mistake.
    (tmp_path / ".cdk.json").write_text('{"context": {"shop:logRetentionDays": "soon"}}')
    monkeypatch.setenv("HOME", str(tmp_path))
    up = shop(folder.root, "local", "up", "--port", "0")
    text = up.communicate(timeout=120)[0]
    assert up.returncode == 1
    assert "cdk synth failed" in text
    assert "shop:logRetentionDays" in text
    assert str(folder.deploy_log) in text.replace("\n", "")
    assert "Traceback" not in text
    assert processes_of(folder.root) == []
