"""S3 that fails where the test wants it to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.awsrequest import AWSResponse, HeadersDict

from replica_bucket import bucket
from tests.replica_bucket.cloudformation import URL

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_s3 import S3Client

OPERATIONS = [
    "CreateBucket",
    "HeadBucket",
    "PutBucketVersioning",
    "PutPublicAccessBlock",
    "PutBucketOwnershipControls",
    "PutBucketEncryption",
    "PutBucketLifecycleConfiguration",
    "PutBucketTagging",
    "PutBucketPolicy",
]
type Fault = Callable[[], Any]


def refusal(code: str, status: int = 400, message: str = "Not today") -> Fault:
    error = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status, "RetryAttempts": 0},
    }
    answer = AWSResponse(URL, status, HeadersDict(), None)  # type: ignore[arg-type]  # its stubs
    return lambda: (answer, error)


class Faults:
    """Every client of the function goes through these: what it calls, and what fails."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self._planned: dict[str, list[Fault]] = {}
        self._make = bucket.client

    def plan(self, operation: str, fault: Fault, times: int = 1) -> None:
        self._planned.setdefault(operation, []).extend([fault] * times)

    def client(self, region: str) -> S3Client:
        made = self._make(region)
        made.meta.events.register("before-call.s3", self._before_call)
        return made

    def _before_call(self, model: Any, **_: object) -> Any:
        self.calls.append(model.name)
        planned = self._planned.get(model.name)
        return planned.pop(0)() if planned else None
