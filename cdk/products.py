"""The catalogue: what is particular about its table, and its images."""

from constructs import Construct

from cdk.images import PUBLISHED, UPLOADS, Images
from cdk.layer import SharedLayer
from cdk.service_context import ServiceContext
from cdk.settings import Settings
from cdk.table import TableShape

# Index name -> its partition and sort key. Why these: functions/products/repository.py.
INDEXES = {
    "listing-newest": ("listing", "newestKey"),
    "listing-price": ("listing", "priceKey"),
    "listing-name": ("listing", "nameKey"),
    "category-newest": ("category", "newestKey"),
    "category-price": ("category", "priceKey"),
    "category-name": ("category", "nameKey"),
}


def products(
    scope: Construct, *, images: Images, layer: SharedLayer, settings: Settings
) -> ServiceContext:
    """The catalogue's context, which also publishes the images that are uploaded to ``images``."""
    context = ServiceContext(
        scope,
        "Products",
        package="products",
        layer=layer,
        settings=settings,
        shape=TableShape(indexes=INDEXES),
        environment={"IMAGES_BUCKET": images.bucket.bucket_name, "IMAGES_URL": images.url},
    )
    context.allow(
        "BatchGetItem", "ConditionCheckItem", "DeleteItem", "GetItem", "PutItem", "UpdateItem"
    )
    context.allow_query(*INDEXES)
    uploads, published = (
        images.bucket.arn_for_objects(f"{prefix}*") for prefix in (UPLOADS, PUBLISHED)
    )
    context.grant("s3:GetObject", "s3:PutObject", "s3:DeleteObject", on=[uploads])
    context.grant("s3:PutObject", "s3:DeleteObject", on=[published])
    # Without it S3 calls an object that is not there forbidden.
    context.grant("s3:ListBucket", on=[images.bucket.bucket_arn])
    context.consume_events("Arrivals", images.arrivals)
    return context
