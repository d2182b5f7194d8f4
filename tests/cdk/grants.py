"""What each function may do: the list that the template is held against."""

from __future__ import annotations

from typing import Any

from shop.contracts.products import STOCK_ATTRIBUTES
from tests.orders import tables as orders
from tests.products import tables as products
from tests.users import tables as users

READ_STREAM = {"dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"}
SEND = {"sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:SendMessage"}
RECEIVE = {
    "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:GetQueueUrl",
    "sqs:ReceiveMessage",
}
SET_UP_BUCKET = {
    "s3:CreateBucket",
    "s3:ListBucket",  # HeadBucket
    "s3:PutBucketOwnershipControls",
    "s3:PutBucketPolicy",
    "s3:PutBucketPublicAccessBlock",
    "s3:PutBucketTagging",
    "s3:PutBucketVersioning",
    "s3:PutEncryptionConfiguration",
    "s3:PutLifecycleConfiguration",
}
TABLES = ("UsersTable", "AddressesTable", "ProductsTable", "OrdersTable")
WRITE_LOG = {"logs:CreateLogStream", "logs:PutLogEvents"}


def dynamodb(*verbs: str) -> set[str]:
    return {f"dynamodb:{verb}" for verb in verbs}


def queries(table: str, indexes: dict[str, tuple[str, str]]) -> dict[str, set[str]]:
    return {f"${{{table}.Arn}}/index/{index}": dynamodb("Query") for index in indexes}


# What each function may do, on what: by package, then by ARN (as ``plain`` writes it).
GRANTED: dict[str, dict[str, set[str]]] = {
    "users": {
        "${UsersServiceLogs.Arn}": WRITE_LOG,
        "${UsersTable.Arn}": dynamodb(
            "BatchGetItem",
            "ConditionCheckItem",
            "DeleteItem",
            "GetItem",
            "PutItem",
            "Query",
            "UpdateItem",
        ),
        **queries("UsersTable", users.INDEXES),
        "${TokensKey1.Arn}": {"kms:Sign"},
        "${UsersTable.StreamArn}": READ_STREAM,
        "*": {"dynamodb:ListStreams"},
        "${UsersDeadLettersQueue.Arn}": SEND,
    },
    "addresses": {
        "${AddressesServiceLogs.Arn}": WRITE_LOG,
        "${AddressesTable.Arn}": dynamodb(
            "BatchGetItem", "DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem"
        ),
        "${UsersTable.Arn}": dynamodb("ConditionCheckItem"),  # whether a user is there
        "${UsersTable.StreamArn}": READ_STREAM,
        "*": {"dynamodb:ListStreams"},
        "${AddressesDeadLettersQueue.Arn}": SEND,
    },
    "products": {
        "${ProductsServiceLogs.Arn}": WRITE_LOG,
        "${ProductsTable.Arn}": dynamodb(
            "BatchGetItem",
            "ConditionCheckItem",
            "DeleteItem",
            "GetItem",
            "PutItem",
            "Query",
            "UpdateItem",
        ),
        **queries("ProductsTable", products.INDEXES),
        "${ImagesBucket.Arn}": {"s3:ListBucket"},
        "${ImagesBucket.Arn}/uploads/*": {"s3:DeleteObject", "s3:GetObject", "s3:PutObject"},
        # Deleting hides an image that no product shows; its version stays.
        "${ImagesBucket.Arn}/images/*": {"s3:DeleteObject", "s3:PutObject"},
        "${ProductsArrivals.Arn}": RECEIVE,  # SQS itself moves what fails to the dead letters
    },
    "orders": {
        "${OrdersServiceLogs.Arn}": WRITE_LOG,
        "${OrdersTable.Arn}": dynamodb("BatchGetItem", "GetItem", "PutItem", "UpdateItem"),
        **queries("OrdersTable", orders.INDEXES),
        "${UsersTable.Arn}": dynamodb("ConditionCheckItem"),  # whether the customer is there
        # The address to copy, and whether it is still the same.
        "${AddressesTable.Arn}": dynamodb("BatchGetItem", "ConditionCheckItem"),
        # What is for sale, and to take it out of the stock: LIMITED.
        "${ProductsTable.Arn}": dynamodb("BatchGetItem", "UpdateItem"),
        "${ShopEvents.Arn}": {"events:PutEvents"},
        "${OrdersTable.StreamArn}": READ_STREAM,
        "*": {"dynamodb:ListStreams"},
        "${OrdersDeadLettersQueue.Arn}": SEND,
        "${OrdersUnpaidTicks.Arn}": RECEIVE,
    },
    "exports": {
        "${ExportsExporterLogs.Arn}": WRITE_LOG,
        **{f"${{{each}.Arn}}": dynamodb("ExportTableToPointInTime") for each in TABLES},
        **{f"${{{each}.Arn}}/export/*": dynamodb("DescribeExport") for each in TABLES},
        "*": dynamodb("ListExports"),
        # DynamoDB writes with the permissions of whoever asks for the export: its developer guide.
        "${ExportsBucket.Arn}/exports/*": {
            "s3:AbortMultipartUpload",
            "s3:PutObject",
            "s3:PutObjectAcl",
        },
        "${ExportsTicks.Arn}": RECEIVE,
    },
    "replica_bucket": {
        "${ReplicationReplicasMakerLogs.Arn}": WRITE_LOG,
        **{
            f"arn:${{AWS::Partition}}:s3:::shop-dev-{each}-eu-west-1-*": SET_UP_BUCKET
            for each in ("images", "exports")
        },
    },
    "documents": {"${DocumentsLogs.Arn}": WRITE_LOG},
    "authorizer": {
        "${AuthorizerLogs.Arn}": WRITE_LOG,
        "${TokensKey1.Arn}": {"kms:GetPublicKey"},
    },
}

# The one statement that allows something under a condition.
LIMITED: dict[str, Any] = {
    "Action": "dynamodb:UpdateItem",
    "Condition": {"ForAllValues:StringEquals": {"dynamodb:Attributes": sorted(STOCK_ATTRIBUTES)}},
    "Effect": "Allow",
    "Resource": "${ProductsTable.Arn}",
}

# Wildcards that are meant, each with its reason.
REASONED_WILDCARDS = {
    "*": "dynamodb:ListStreams and ListExports know no narrower resource; they tell names, no rows",
    **{f"${{{each}.Arn}}/export/*": "an export's id is DynamoDB's to choose" for each in TABLES},
    "${ExportsBucket.Arn}/exports/*": "an export is many objects, named by DynamoDB",
    **{
        f"arn:${{AWS::Partition}}:s3:::shop-dev-{each}-eu-west-1-*": "the name ends in a digest of "
        "account and region, for which CloudFormation has no function"
        for each in ("images", "exports")
    },
    "${ImagesBucket.Arn}/uploads/*": "an upload's key has the product's id and one of its own",
    "${ImagesBucket.Arn}/images/*": "a published image has the same key but for the prefix",
}


# The roles that S3 replicates with: tests/cdk/test_buckets.py.
OF_S3 = {"${ImagesBucketReplicationRole}", "${ExportsBucketReplicationRole}"}
