"""Where an image is: as the world gets to see it, and as a product's row holds it.

Rows hold uploaded images without the domain that serves them, ``images/<product id>/<id>.<type>``:
another region's stack, and another machine, serve the same rows under a domain of their own. Any
other address is held as it was given. ``images_url`` is where this stack serves ``images/`` from,
without a slash at its end.
"""

from __future__ import annotations

_FOLDER = "images/"


def shown(stored: str | None, images_url: str) -> str | None:
    """The address of what a row holds."""
    if stored is None or not stored.startswith(_FOLDER):
        return stored  # A given address has a scheme before anything else.
    return f"{images_url}/{stored}"


def stored(shown: str | None, images_url: str) -> str | None:
    """What a row holds for an address."""
    if shown is None or not shown.startswith(f"{images_url}/{_FOLDER}"):
        return shown
    return shown.removeprefix(f"{images_url}/")


def of_uploads(product_id: str) -> str:
    """What the addresses of a product's uploaded images begin with in its row."""
    return f"{_FOLDER}{product_id}/"
