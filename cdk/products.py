"""The catalogue: what is particular about its table."""

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from cdk.service_context import ServiceContext, key
from cdk.settings import Settings

# Index name -> its partition and sort key. Why these: functions/products/repository.py.
INDEXES = {
    "listing-newest": ("listing", "newestKey"),
    "listing-price": ("listing", "priceKey"),
    "category-newest": ("category", "newestKey"),
    "category-price": ("category", "priceKey"),
}


def products(
    scope: Construct, *, layer: lambda_.ILayerVersion, settings: Settings
) -> ServiceContext:
    """The catalogue's context, which for now only reads."""
    context = ServiceContext(
        scope,
        "Products",
        package="products",
        layer=layer,
        settings=settings,
        indexes=[
            dynamodb.GlobalSecondaryIndexPropsV2(
                index_name=name,
                partition_key=key(partition),
                sort_key=key(sort),
                projection_type=dynamodb.ProjectionType.KEYS_ONLY,
            )
            for name, (partition, sort) in INDEXES.items()
        ],
    )
    context.allow("BatchGetItem")
    context.allow_query(*INDEXES)
    return context
