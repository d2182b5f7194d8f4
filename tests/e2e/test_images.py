"""Images end to end: uploaded as a browser would, published, fetched through the distribution."""

import time
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from ops.local.stack import LocalStack
from tests.e2e.accounts import Account
from tests.e2e.conftest import Api

pytestmark = pytest.mark.e2e

PNG = b"\x89PNG\r\n\x1a\n" + b"picture " * 20


@pytest.fixture
def product(admin: Account) -> str:
    kite = {"name": "Kite", "price": "12.00", "stock": 1, "category": "Garden"}
    made = admin.request("POST", "/products", kite)
    assert made.status_code == 201, made.text
    product_id: str = made.json()["id"]
    return product_id


def ticket(admin: Account, product: str, content_type: str = "image/png") -> dict[str, Any]:
    answer = admin.request("POST", f"/products/{product}/image", {"contentType": content_type})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def upload(made: dict[str, Any], content: bytes, **changes: str) -> int:
    return requests.post(
        made["url"],
        data={**made["fields"], **changes},
        files={"file": ("image.png", content)},
        timeout=30,
    ).status_code


def fetch(url: str, stack: LocalStack) -> requests.Response:
    """What the distribution answers; its name does not lead anywhere by itself everywhere."""
    parts = urlsplit(url)
    endpoint = f"{stack.target.endpoint_url}{parts.path}"
    return requests.get(endpoint, headers={"host": parts.netloc}, timeout=30)


def image_url(api: Api, product: str) -> str | None:
    url: str | None = api.get(f"/products/{product}").json()["imageUrl"]
    return url


def wait_for_image(api: Api, product: str, seconds: float = 20) -> str | None:
    deadline = time.monotonic() + seconds
    while not (url := image_url(api, product)) and time.monotonic() < deadline:
        time.sleep(0.1)
    return url


def waiting(stack: LocalStack) -> list[str]:
    """Uploads that the function has not taken away yet."""
    bucket = stack.target.output("ImagesBucketName")
    listed = stack.target.s3().list_objects_v2(Bucket=bucket, Prefix="uploads/")
    return [each["Key"] for each in listed.get("Contents", [])]


def test_an_uploaded_image_is_served(
    api: Api, admin: Account, stack: LocalStack, product: str
) -> None:
    made = ticket(admin, product)
    assert image_url(api, product) is None, "an upload that never comes changes nothing"
    assert fetch(made["imageUrl"], stack).status_code == 403
    assert upload(made, PNG) == 204
    assert wait_for_image(api, product) == made["imageUrl"]
    served = fetch(made["imageUrl"], stack)
    assert (served.status_code, served.content) == (200, PNG)
    assert served.headers["content-type"] == "image/png"
    assert "immutable" in served.headers["cache-control"]
    assert served.headers["x-content-type-options"] == "nosniff"


def test_a_text_that_is_called_a_picture_is_not_published(
    api: Api, admin: Account, stack: LocalStack, product: str
) -> None:
    made = ticket(admin, product)
    key = made["fields"]["key"]
    assert upload(made, b"<script>alert(1)</script>") == 204
    deadline = time.monotonic() + 20
    while key in waiting(stack) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert key not in waiting(stack), "it was looked at and thrown away"
    assert image_url(api, product) is None
    assert fetch(made["imageUrl"], stack).status_code == 403


def test_what_was_uploaded_cannot_be_fetched_before_it_is_published(
    admin: Account, stack: LocalStack, product: str
) -> None:
    made = ticket(admin, product)
    stack.target.s3().put_object(
        Bucket=stack.target.output("ImagesBucketName"), Key="uploads/elsewhere", Body=PNG
    )
    base = made["imageUrl"].partition("/images/")[0]
    assert fetch(f"{base}/uploads/elsewhere", stack).status_code == 403
    bucket = f"{stack.target.endpoint_url}/{stack.target.output('ImagesBucketName')}"
    assert requests.get(f"{bucket}/uploads/elsewhere", timeout=30).status_code == 403


@pytest.mark.parametrize(
    ("changes", "content", "status"),
    [
        ({"Content-Type": "text/html"}, PNG, 403),
        ({"key": "images/mine.png"}, PNG, 403),
        ({"acl": "public-read"}, PNG, 403),
        ({"x-amz-signature": "0" * 64}, PNG, 403),
        ({}, PNG + bytes(5 * 1024 * 1024), 400),
        ({}, b"", 400),
    ],
    ids=["type", "key", "acl", "signature", "too large", "empty"],
)
def test_s3_takes_exactly_what_was_agreed(
    admin: Account, product: str, changes: dict[str, str], content: bytes, status: int
) -> None:
    assert upload(ticket(admin, product), content, **changes) == status
