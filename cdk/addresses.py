"""Address books: what is particular about their table."""

from constructs import Construct

from cdk.layer import SharedLayer
from cdk.service_context import ServiceContext
from cdk.settings import Settings
from shop.contracts.users import DELETED_USERS


def addresses(
    scope: Construct, *, users: ServiceContext, layer: SharedLayer, settings: Settings
) -> ServiceContext:
    """The context of addresses, which go when their user does."""
    context = ServiceContext(
        scope,
        "Addresses",
        package="addresses",
        layer=layer,
        settings=settings,
        environment={"USERS_TABLE_NAME": users.table.table_name},
    )
    context.allow("BatchGetItem", "DeleteItem", "GetItem", "PutItem", "UpdateItem")
    context.allow_query()
    context.allow_on(users, "ConditionCheckItem")
    context.consume_stream(users, DELETED_USERS)
    return context
