"""Orders: what is particular about their table, their events, and those that nobody pays."""

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from constructs import Construct

from cdk.layer import SharedLayer
from cdk.service_context import ServiceContext
from cdk.settings import Settings
from cdk.table import TableShape
from shop.contracts.orders import CHANGED_ORDERS
from shop.contracts.products import STOCK_ATTRIBUTES

# Index name -> its partition and sort key. Why these: functions/orders/repository.py.
INDEXES = {
    "user-newest": ("userId", "placedKey"),
    "user-status-newest": ("userStatus", "placedKey"),
    "status-newest": ("status", "placedKey"),
}
UNPAID_EVERY_MINUTES = 5


def orders(
    scope: Construct,
    *,
    users: ServiceContext,
    addresses: ServiceContext,
    products: ServiceContext,
    bus: events.IEventBus,
    layer: SharedLayer,
    settings: Settings,
) -> ServiceContext:
    """The context of orders, which tells ``bus`` of them and calls off what nobody pays."""
    context = ServiceContext(
        scope,
        "Orders",
        package="orders",
        layer=layer,
        settings=settings,
        shape=TableShape(indexes=INDEXES, stream=dynamodb.StreamViewType.NEW_AND_OLD_IMAGES),
        environment={
            "USERS_TABLE_NAME": users.table.table_name,
            "ADDRESSES_TABLE_NAME": addresses.table.table_name,
            "PRODUCTS_TABLE_NAME": products.table.table_name,
            "BUS_NAME": bus.event_bus_name,
            "UNPAID_MINUTES": str(settings.unpaid_minutes),
        },
    )
    context.allow("BatchGetItem", "GetItem", "PutItem", "UpdateItem")
    context.allow_query(*INDEXES, table=False)
    context.allow_on(users, "ConditionCheckItem")
    # Reads are not limited to attributes: an address is copied whole, and a product's row is what
    # the catalogue shows everyone. A limit would have to be on what a request asks to be shown.
    context.allow_on(addresses, "BatchGetItem", "ConditionCheckItem")
    context.allow_on(products, "BatchGetItem")
    context.allow_update_on(products, STOCK_ATTRIBUTES)
    context.grant("events:PutEvents", on=[bus.event_bus_arn])
    context.consume_stream(context, CHANGED_ORDERS)
    context.consume_ticks("UnpaidTicks", minutes=UNPAID_EVERY_MINUTES)
    return context
