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
    Stack,
    Tags,
)

from cdk.api import Api
from cdk.documents import API_DOCUMENT, documents
from cdk.layer import shared_layer
from cdk.products import products

if TYPE_CHECKING:
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
            # The emulator refuses the bootstrap's publishing role on its bucket; locally the
            # command line's own credentials publish the assets.
            synthesizer=(
                CliCredentialsStackSynthesizer() if settings.local else DefaultStackSynthesizer()
            ),
        )
        layer = shared_layer(self, settings=settings)
        catalogue = products(self, layer=layer, settings=settings)
        front = documents(self, layer=layer, settings=settings)
        api = Api(
            self,
            "Api",
            document=json.loads(API_DOCUMENT.read_text()),
            functions={"products": catalogue.function, "documents": front.function},
            fallback="documents",
            settings=settings,
        )
        Tags.of(self).add("stage", settings.stage)
        CfnOutput(self, "ApiUrl", value=api.http_api.api_endpoint)
        CfnOutput(self, "ApiId", value=api.http_api.api_id)
        CfnOutput(self, "ProductsTableName", value=catalogue.table.table_name)
