"""Accounts: what is particular about their table."""

from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from cdk.layer import SharedLayer
from cdk.service_context import ServiceContext
from cdk.settings import Settings
from cdk.table import TableShape
from cdk.tokens import Tokens
from shop.contracts.users import DELETED_USERS

# Index name -> its partition and sort key. Why these: functions/users/repository.py.
INDEXES = {"listing-newest": ("listing", "newestKey")}


def users(
    scope: Construct, *, tokens: Tokens, layer: SharedLayer, settings: Settings
) -> ServiceContext:
    """The context of accounts, which signs access tokens and cleans up after deleted accounts."""
    context = ServiceContext(
        scope,
        "Users",
        package="users",
        layer=layer,
        settings=settings,
        shape=TableShape(
            indexes=INDEXES, time_to_live="expiresAt", stream=dynamodb.StreamViewType.KEYS_ONLY
        ),
        environment=tokens.to_sign,
        description=f"Signs access tokens with key {settings.token_keys[0]}",
    )
    context.allow(
        "BatchGetItem", "ConditionCheckItem", "DeleteItem", "GetItem", "PutItem", "UpdateItem"
    )
    context.allow_query(*INDEXES)
    context.grant("kms:Sign", on=[tokens.keys[0].key_arn])
    context.consume_stream(context, DELETED_USERS)
    return context
