"""The shop, composed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from aws_cdk import (
    App,
    CfnOutput,
    CliCredentialsStackSynthesizer,
    DefaultStackSynthesizer,
    Environment,
    IStackSynthesizer,
    Stack,
    Tags,
)
from aws_cdk import aws_events as events

from cdk.addresses import addresses
from cdk.alarms import alarms_topic, tell_of_alarms
from cdk.api import Api
from cdk.authorizer import authorizer
from cdk.buckets import Replication
from cdk.documents import API_DOCUMENT, documents
from cdk.exports import Exports
from cdk.images import Images
from cdk.layer import shared_layer
from cdk.orders import orders
from cdk.products import products
from cdk.tokens import Tokens
from cdk.users import users

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cdk.layer import SharedLayer
    from cdk.service_context import ServiceContext
    from cdk.settings import Settings


class ShopStack(Stack):
    """Everything that the shop is made of, in one stack."""

    def __init__(self, app: App, *, settings: Settings) -> None:
        super().__init__(
            app,
            "ShopStack",
            stack_name=settings.stack_name,
            description="Shop backend",
            termination_protection=not settings.local,
            env=Environment(region=settings.region) if settings.region else None,
            synthesizer=_synthesizer(settings),
        )
        layer = shared_layer(self, settings=settings)
        tokens = Tokens(self, "Tokens", settings=settings)
        replication = Replication(self, "Replication", layer=layer, settings=settings)
        images = Images(self, "Images", replication=replication, settings=settings)
        bus = events.EventBus(self, "ShopEvents", event_bus_name=settings.stack_name)
        contexts = self._contexts(tokens, images, bus, layer, settings)
        settings.require_indexes({name for each in contexts.values() for name in each.indexes})
        exports = Exports(
            self,
            "Exports",
            contexts=list(contexts.values()),
            replication=replication,
            layer=layer,
            settings=settings,
        )
        api = self._api(contexts, tokens, layer, settings)
        alarms = alarms_topic(self, settings=settings)
        tell_of_alarms(self, alarms)
        Tags.of(self).add("stage", settings.stage)
        self._outputs(
            {
                "ApiUrl": api.http_api.api_endpoint,
                "ApiId": api.http_api.api_id,
                **{f"{each.node.id}TableName": each.table.table_name for each in contexts.values()},
                "EventBusName": bus.event_bus_name,
                "ImagesBucketName": images.bucket.bucket_name,
                "ImagesUrl": images.url,
                "ImagesReplicaBucketName": images.bucket.replica_name,
                "ExportsBucketName": exports.bucket.bucket_name,
                "ExportsReplicaBucketName": exports.bucket.replica_name,
                "ReplicaRegion": settings.second_region,
                "AlarmsTopicArn": alarms.topic_arn,
            }
        )

    def _contexts(
        self,
        tokens: Tokens,
        images: Images,
        bus: events.EventBus,
        layer: SharedLayer,
        settings: Settings,
    ) -> dict[str, ServiceContext]:
        """The bounded contexts, by package. What happens to orders is told on ``bus``."""
        accounts = users(self, tokens=tokens, layer=layer, settings=settings)
        address_books = addresses(self, users=accounts, layer=layer, settings=settings)
        catalogue = products(self, images=images, layer=layer, settings=settings)
        order_book = orders(
            self,
            users=accounts,
            addresses=address_books,
            products=catalogue,
            bus=bus,
            layer=layer,
            settings=settings,
        )
        return {
            "users": accounts,
            "addresses": address_books,
            "products": catalogue,
            "orders": order_book,
        }

    def _api(
        self,
        contexts: Mapping[str, ServiceContext],
        tokens: Tokens,
        layer: SharedLayer,
        settings: Settings,
    ) -> Api:
        front = documents(self, layer=layer, settings=settings)
        return Api(
            self,
            "Api",
            document=json.loads(API_DOCUMENT.read_text()),
            functions={
                **{package: context.function for package, context in contexts.items()},
                "documents": front.function,
            },
            authorizer=authorizer(self, tokens=tokens, layer=layer, settings=settings),
            fallback="documents",
            settings=settings,
        )

    def _outputs(self, values: dict[str, str]) -> None:
        for name, value in values.items():
            CfnOutput(self, name, value=value)


def _synthesizer(settings: Settings) -> IStackSynthesizer:
    """The emulator refuses the bootstrap's publishing role on its bucket.

    So locally the command line's own credentials publish the assets.
    """
    return CliCredentialsStackSynthesizer() if settings.local else DefaultStackSynthesizer()
