"""How a context's own events come to its function, and where they go when it fails."""

import json
from typing import Any

import pytest

from shop.contracts.orders import CHANGED_ORDERS
from shop.contracts.users import DELETED_USERS
from shop.events import S3
from tests.cdk.conftest import as_list, functions, package_of, plain, resources
from tests.cdk.grants import SEND

TWO_WEEKS = 14 * 24 * 3600
HALF_A_DAY = 12 * 3600
MAPPING = "AWS::Lambda::EventSourceMapping"
QUEUE = "AWS::SQS::Queue"


# Queues that a rule sends to, itself or what it could not deliver.
FILLED_BY_RULES = {
    "ProductsArrivals": "ProductsArrivalsRule",
    "ProductsDeadLettersQueue": "ProductsArrivalsRule",
    "OrdersUnpaidTicks": "OrdersUnpaidTicksRule",
    "OrdersUnpaidTicksDeadLettersQueue": "OrdersUnpaidTicksRule",
    "ExportsTicks": "ExportsTicksRule",
    "ExportsTicksDeadLettersQueue": "ExportsTicksRule",
}
FILLED_BY_A_TOPIC = "${ReplicationUnreplicatedQueue}"  # tests/cdk/test_buckets.py


def mappings(template: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    """The properties of event source mappings, by package and source."""
    found = [each["Properties"] for each in resources(template, MAPPING).values()]
    return {
        (package_of(template, each["FunctionName"]), plain(each["EventSourceArn"])): plain(each)
        for each in found
    }


def queues(template: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The properties of queues, by logical id without its hash."""
    return {
        plain({"Ref": logical_id}).strip("${}"): plain(each["Properties"])
        for logical_id, each in resources(template, QUEUE).items()
    }


def rules(template: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The properties of rules, by logical id without its hash."""
    return {
        plain({"Ref": logical_id}).strip("${}"): plain(each["Properties"])
        for logical_id, each in resources(template, "AWS::Events::Rule").items()
    }


def queue_statements(template: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The statements of the queues' policies, by ``${queue}``."""
    found: dict[str, list[dict[str, Any]]] = {}
    for each in resources(template, "AWS::SQS::QueuePolicy").values():
        (queue,) = plain(each["Properties"]["Queues"])
        found[queue] = plain(each["Properties"]["PolicyDocument"]["Statement"])
    return found


def test_every_source_is_read_by_who_is_meant_to(template: dict[str, Any]) -> None:
    """DynamoDB lets two read a stream, no more: a third would slow them down."""
    assert mappings(template).keys() == {
        ("users", "${UsersTable.StreamArn}"),
        ("addresses", "${UsersTable.StreamArn}"),
        ("products", "${ProductsArrivals.Arn}"),
        ("orders", "${OrdersTable.StreamArn}"),
        ("orders", "${OrdersUnpaidTicks.Arn}"),
        ("exports", "${ExportsTicks.Arn}"),
    }


@pytest.mark.parametrize(
    ("package", "table", "pattern"),
    [
        ("users", "UsersTable", DELETED_USERS),
        ("addresses", "UsersTable", DELETED_USERS),
        ("orders", "OrdersTable", CHANGED_ORDERS),
    ],
)
def test_a_stream_is_read_from_its_oldest_record_until_each_is_handled_or_a_dead_letter(
    template: dict[str, Any], package: str, table: str, pattern: dict[str, Any]
) -> None:
    mapping = mappings(template)[package, f"${{{table}.StreamArn}}"]
    (chosen,) = mapping["FilterCriteria"]["Filters"]
    assert json.loads(chosen["Pattern"]) == pattern
    assert mapping["StartingPosition"] == "TRIM_HORIZON"  # none is missed
    assert mapping["BisectBatchOnFunctionError"] is True
    assert mapping["MaximumRecordAgeInSeconds"] == HALF_A_DAY
    assert mapping["MaximumRetryAttempts"] == 20
    dead_letters = f"${{{package.title()}DeadLettersQueue.Arn}}"
    assert mapping["DestinationConfig"] == {"OnFailure": {"Destination": dead_letters}}
    assert mapping.get("Enabled", True) is True


def test_a_function_tells_of_failures_by_raising(template: dict[str, Any]) -> None:
    """Asked for single failures, Lambda would take the answer of ``shop.events`` for success."""
    for mapping in mappings(template).values():
        assert "FunctionResponseTypes" not in mapping


def test_arrivals_wait_in_a_queue_until_the_catalogue_has_handled_them(
    template: dict[str, Any],
) -> None:
    mapping = mappings(template)["products", "${ProductsArrivals.Arn}"]
    assert mapping["BatchSize"] == 1  # one that fails takes no other with it
    assert mapping.get("Enabled", True) is True
    waiting = queues(template)["ProductsArrivals"]
    assert waiting["RedrivePolicy"] == {
        "deadLetterTargetArn": "${ProductsDeadLettersQueue.Arn}",
        "maxReceiveCount": 5,
    }
    # Six times as long as the function may run: Lambda's developer guide on queues as sources.
    assert waiting["VisibilityTimeout"] == 6 * functions(template)["products"]["Timeout"]


def test_dead_letters_of_a_queue_are_apart_from_those_of_a_stream(template: dict[str, Any]) -> None:
    """``shop redrive`` gives each queue's back to the one queue that gave them up."""
    of_queues = [
        each["RedrivePolicy"]["deadLetterTargetArn"]
        for each in queues(template).values()
        if "RedrivePolicy" in each
    ]
    of_streams = {
        each["DestinationConfig"]["OnFailure"]["Destination"]
        for each in mappings(template).values()
        if "DestinationConfig" in each
    }
    assert len(of_queues) == len(set(of_queues)) == 3
    assert len(of_streams) == 3
    assert of_streams.isdisjoint(of_queues)


def test_there_are_no_other_rules(template: dict[str, Any]) -> None:
    assert rules(template).keys() == {
        "ProductsArrivalsRule",
        "OrdersUnpaidTicksRule",
        "ExportsTicksRule",
    }


def test_arrivals_are_the_uploads_to_our_bucket(template: dict[str, Any]) -> None:
    properties = rules(template)["ProductsArrivalsRule"]
    assert properties["State"] == "ENABLED"
    assert properties["EventPattern"] == {
        "source": [S3],
        "detail-type": ["Object Created"],
        "detail": {
            "bucket": {"name": ["${ImagesBucket}"]},
            "object": {"key": [{"prefix": "uploads/"}]},
        },
    }
    (target,) = properties["Targets"]
    assert target["Arn"] == "${ProductsArrivals.Arn}"
    assert target["DeadLetterConfig"] == {"Arn": "${ProductsDeadLettersQueue.Arn}"}
    assert "Input" not in target  # the whole event, as shop.events wants it
    assert "InputTransformer" not in target


def test_eventbridge_sends_what_the_rule_found_and_nothing_else(template: dict[str, Any]) -> None:
    allowed = {
        queue: [each for each in statements if each["Effect"] == "Allow"]
        for queue, statements in queue_statements(template).items()
    }
    for queue, rule in FILLED_BY_RULES.items():
        (statement,) = allowed.pop(f"${{{queue}}}")
        actions = set(as_list(statement["Action"]))
        assert {"sqs:SendMessage"} <= actions <= SEND
        assert statement["Principal"] == {"Service": "events.amazonaws.com"}
        assert statement["Resource"] == f"${{{queue}.Arn}}"
        assert statement["Condition"] == {"ArnEquals": {"aws:SourceArn": f"${{{rule}.Arn}}"}}
    del allowed[FILLED_BY_A_TOPIC]
    assert not any(allowed.values())  # the others are filled by Lambda, with the function's role


def test_queues_are_encrypted_and_keep_for_two_weeks_but_ticks(template: dict[str, Any]) -> None:
    found = queues(template)
    assert found.keys() == {
        "UsersDeadLettersQueue",
        "AddressesDeadLettersQueue",
        "ProductsDeadLettersQueue",
        "ProductsArrivals",
        "OrdersDeadLettersQueue",
        "OrdersUnpaidTicksDeadLettersQueue",
        "OrdersUnpaidTicks",
        "ExportsTicksDeadLettersQueue",
        "ExportsTicks",
        "ReplicationUnreplicatedQueue",
    }
    for name, queue in found.items():
        assert queue["SqsManagedSseEnabled"] is True
        assert name.endswith("Ticks") or queue["MessageRetentionPeriod"] == TWO_WEEKS


def test_queues_are_reached_by_tls_only_but_on_the_emulator(
    template: dict[str, Any], local_template: dict[str, Any]
) -> None:
    refused = {
        queue: [each for each in statements if each["Effect"] == "Deny"]
        for queue, statements in queue_statements(template).items()
    }
    assert refused.keys() == {f"${{{queue}}}" for queue in queues(template)}
    for queue, (statement,) in refused.items():
        assert statement == {
            "Action": "sqs:*",
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            "Effect": "Deny",
            "Principal": {"AWS": "*"},
            "Resource": queue.replace("}", ".Arn}"),
        }
    for statements in queue_statements(local_template).values():
        assert all(each["Effect"] == "Allow" for each in statements)


def test_nothing_calls_a_function_without_waiting_for_it(template: dict[str, Any]) -> None:
    """So there is no event that only Lambda knows of, and forgets when it fails."""
    kinds = {each["Type"] for each in template["Resources"].values()}
    assert "AWS::Lambda::EventInvokeConfig" not in kinds
    callers = {
        each["Properties"]["Principal"]
        for each in resources(template, "AWS::Lambda::Permission").values()
    }
    assert callers == {"apigateway.amazonaws.com"}
