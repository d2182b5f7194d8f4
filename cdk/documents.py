"""The documents function: health, the API document and its page, and the catch-all route."""

from __future__ import annotations

import base64
import gzip
import hashlib
import importlib.util
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from cdk import build
from cdk.build import ROOT
from cdk.function import ShopFunction

if TYPE_CHECKING:
    from constructs import Construct

    from cdk.layer import SharedLayer
    from cdk.settings import Settings

API_DOCUMENT = ROOT / "docs" / "openapi.json"
PAGE = ROOT / "cdk" / "documents_page.html"
_VIEWER = "aws_lambda_powertools.event_handler.openapi.swagger_ui"


def documents(scope: Construct, *, layer: SharedLayer, settings: Settings) -> ShopFunction:
    return ShopFunction(
        scope,
        "Documents",
        package="documents",
        code=build_function().code(),
        layer=layer,
        settings=settings,
    )


def build_function() -> build.Asset:
    """The function's code with the files that it serves."""
    sources = [API_DOCUMENT, PAGE, Path(__file__), _viewer()]
    return build.function("documents", also=sources, finish=_add_static)


def _add_static(package: Path) -> None:
    static = package / "static"
    static.mkdir()
    (static / "openapi.json").write_bytes(API_DOCUMENT.read_bytes())
    page = render_page().encode()
    (static / "docs.html").write_bytes(page)
    (static / "docs.html.gz").write_bytes(gzip.compress(page, mtime=0))


def render_page() -> str:
    """The page in one piece: it must work without any other host."""
    script = (_viewer() / "swagger-ui-bundle.min.js").read_text()
    style = (_viewer() / "swagger-ui.min.css").read_text()
    template = PAGE.read_text()
    start = template.partition('<script id="start">')[2].partition("</script>")[0]
    return Template(template).substitute(
        viewer_style=style,
        viewer_script=script,
        script_hashes=" ".join(map(_csp_hash, [script, Template(start).substitute()])),
    )


def _viewer() -> Path:
    """The folder of Swagger UI, which Powertools brings along."""
    found = importlib.util.find_spec(_VIEWER)
    if not found or not found.origin:
        raise RuntimeError(f"{_VIEWER} is not installed")
    return Path(found.origin).parent


def _csp_hash(script: str) -> str:
    """The script as the page's own policy names it."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
