"""The documents function: health, the API document and its page, and the catch-all route."""

from __future__ import annotations

import base64
import gzip
import hashlib
import importlib.resources
from string import Template
from typing import TYPE_CHECKING

from aws_cdk import AssetHashType
from aws_cdk import aws_lambda as lambda_

from cdk import build
from cdk.build import ROOT
from cdk.function import ShopFunction

if TYPE_CHECKING:
    from pathlib import Path

    from constructs import Construct

    from cdk.settings import Settings

API_DOCUMENT = ROOT / "docs" / "openapi.json"
PAGE = ROOT / "cdk" / "documents_page.html"
PACKAGE = ROOT / "functions" / "documents"
_VIEWER = "aws_lambda_powertools.event_handler.openapi.swagger_ui"


def documents(
    scope: Construct, *, layer: lambda_.ILayerVersion, settings: Settings
) -> ShopFunction:
    folder, content = build_function()
    return ShopFunction(
        scope,
        "Documents",
        package="documents",
        code=lambda_.Code.from_asset(
            str(folder), asset_hash=content, asset_hash_type=AssetHashType.CUSTOM
        ),
        layer=layer,
        settings=settings,
    )


def build_function() -> tuple[Path, str]:
    """The function's folder, with the files that it serves, and a hash of its content."""
    content = build.digest([API_DOCUMENT, PAGE, PACKAGE, ROOT / "cdk" / "documents.py"])
    return build.once(f"documents/{content}", _assemble), content


def _assemble(folder: Path) -> None:
    build.copy_package(PACKAGE, folder / "documents")
    static = folder / "documents" / "static"
    static.mkdir()
    (static / "openapi.json").write_bytes(API_DOCUMENT.read_bytes())
    page = render_page().encode()
    (static / "docs.html").write_bytes(page)
    (static / "docs.html.gz").write_bytes(gzip.compress(page, mtime=0))


def render_page() -> str:
    """The page in one piece: it must work without any other host."""
    viewer = importlib.resources.files(_VIEWER)
    script = (viewer / "swagger-ui-bundle.min.js").read_text()
    style = (viewer / "swagger-ui.min.css").read_text()
    template = Template(PAGE.read_text())
    start = template.template.partition('<script id="start">')[2].partition("</script>")[0]
    return template.substitute(
        viewer_style=style,
        viewer_script=script,
        script_hashes=f"'{_csp_hash(script)}' '{_csp_hash(start)}'",
    )


def _csp_hash(script: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}"
