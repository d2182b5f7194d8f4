"""The whole application: no call to AWS, nothing hard-coded, and what cdk-nag says of it."""

import json
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import Validations
from cdk_nag import AwsSolutionsChecks, ServerlessChecks

from cdk.stack import ShopStack
from tests.cdk.conftest import application, chosen, plain

pytestmark = pytest.mark.slow

# Rules that we break on purpose. Each needs a reason; a rule that holds again must leave the list.
ACCEPTED = {
    "AwsSolutions-APIG4": "routes without a token are meant: tests/architecture/test_callers.py",
    "AwsSolutions-L1": "Python 3.13 is what we build, test and lock for",
    "Serverless-LambdaLatestVersion": "the same",
    "Serverless-LambdaDLQ": "who calls gets the error: the gateway, or the reader of a stream or "
    "queue, which has dead letters (tests/cdk/test_events.py)",
    "Serverless-LambdaTracing": "the tracer costs a fifth of a second at a cold start",
    "AwsSolutions-SQS3": "these queues are dead letters themselves, filled by readers of a stream",
    "Serverless-SQSRedrivePolicy": "dead letters have none of their own; they raise an alarm",
    "Serverless-LambdaEventSourceMappingDestination": "a queue moves what fails by itself "
    "(tests/cdk/test_events.py); Lambda takes no destination for it",
    "AwsSolutions-IAM5[Resource::*]": "dynamodb:ListStreams and ListExports; "
    "tests/cdk/test_permissions.py",
    "AwsSolutions-IAM5[Resource::<ImagesBucket.Arn>/uploads/*]": "keys hold ids; the same test",
    "AwsSolutions-IAM5[Resource::<ImagesBucket.Arn>/images/*]": "the same",
    **{
        f"AwsSolutions-IAM5[Resource::<{each}Table.Arn>/export/*]": "an export's id is "
        "DynamoDB's to choose; the same test"
        for each in ("Users", "Addresses", "Products", "Orders")
    },
    "AwsSolutions-IAM5[Resource::<ExportsBucket.Arn>/exports/*]": "DynamoDB names the objects",
    **{
        f"AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::shop-dev-{each}-eu-west-1-*]": (
            "the name of a replica ends in a digest; the same test"
        )
        for each in ("images", "exports")
    },
    **{
        f"AwsSolutions-IAM5[Resource::<{each}.Arn>/{objects}]": "S3 replicates every object there "
        "is; tests/cdk/test_buckets.py"
        for each, objects in (
            ("ImagesBucketReplicaA91023A4", "images/*"),
            ("ExportsBucket", "*"),
            ("ExportsBucketReplica3256031D", "*"),
        )
    },
    "Serverless-SNSRedrivePolicy": "SNS itself tries a queue again for 23 days",
    "AwsSolutions-S1": "a line for each request costs more than the objects; who writes is known "
    "from the functions' own logs",
    "AwsSolutions-CFR1": "a shop may sell anywhere, and its images are no secret",
    "AwsSolutions-CFR2": "a firewall costs a fixed sum each month, for files that are the same for "
    "everyone: the operator's choice",
    "AwsSolutions-CFR3": "as for the bucket: a line for each request costs more than the images",
    "AwsSolutions-CFR4": "under CloudFront's own name its own certificate is used, and then the "
    "oldest TLS is CloudFront's to choose",
}


def test_no_account_region_or_lookup_is_in_the_template(template: dict[str, Any]) -> None:
    text = json.dumps(template)
    assert "eu-central-1" not in text
    assert "000000000000" not in text
    assert "Parameters" not in template or template["Parameters"].keys() == {"BootstrapVersion"}


def test_synth_asks_aws_nothing(tmp_path: Path) -> None:
    app = application(outdir=str(tmp_path))
    ShopStack(app, settings=chosen())
    app.synth()
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    assert "missing" not in manifest  # where the CDK notes what it would have to look up


def test_the_stack_is_called_by_its_stage() -> None:
    stack = ShopStack(application(), settings=chosen(stage="prod", region="eu-west-3"))
    assert stack.stack_name == "shop-prod"
    assert stack.region == "eu-west-3"


def test_a_stack_in_an_account_is_not_deleted_by_accident() -> None:
    assert ShopStack(application(), settings=chosen(stage="prod")).termination_protection
    assert not ShopStack(application(), settings=chosen(stage="local")).termination_protection


def test_outputs_name_what_operators_and_the_shop_command_need(template: dict[str, Any]) -> None:
    outputs = {name: plain(each["Value"]) for name, each in template["Outputs"].items()}
    assert outputs == {
        "ApiUrl": "${ApiHttpApi.ApiEndpoint}",
        "ApiId": "${ApiHttpApi}",
        "UsersTableName": "${UsersTable}",
        "AddressesTableName": "${AddressesTable}",
        "ProductsTableName": "${ProductsTable}",
        "OrdersTableName": "${OrdersTable}",
        "EventBusName": "${ShopEvents}",
        "ImagesBucketName": "${ImagesBucket}",
        "ImagesUrl": "https://${ImagesDistribution.DomainName}",
        "ImagesReplicaBucketName": "${ImagesBucketReplica}",
        "ExportsBucketName": "${ExportsBucket}",
        "ExportsReplicaBucketName": "${ExportsBucketReplica}",
        "ReplicaRegion": "eu-west-1",
        "AlarmsTopicArn": "${Alarms}",
    }


def test_cdk_nag_finds_nothing_but_what_we_accept(tmp_path: Path) -> None:
    app = application(outdir=str(tmp_path))
    ShopStack(app, settings=chosen())
    Validations.of(app).add_plugins(AwsSolutionsChecks(app), ServerlessChecks(app))
    with pytest.raises(RuntimeError, match="ValidationFailed"):
        app.synth()
    report = json.loads((tmp_path / "validation-report.json").read_text())
    found = {
        violation["ruleName"]
        for plugin in report["pluginReports"]
        for violation in plugin["violations"]
    }
    assert found == ACCEPTED.keys()
