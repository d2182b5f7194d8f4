"""A bucket's policy as the template wants it, as it is, and how they differ."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from ops.recover.verify.deployed import POLICY

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mypy_boto3_s3 import S3Client

    from ops.recover.verify.deployed import Deployed

type Statement = Mapping[str, Any]
_ANYBODY = {"AWS": "*"}


def wanted_statements(deployed: Deployed, bucket: str) -> list[Statement]:
    """Of the policy of the bucket that the stack calls ``bucket``; none when it has no policy."""
    return [
        statement
        for policy in deployed.of_kind(POLICY)
        if policy.properties["Bucket"] == {"Ref": bucket}
        for statement in deployed.resolved(policy.properties["PolicyDocument"]["Statement"])
    ]


def policy_problems(s3: S3Client, bucket: str, wanted: Sequence[Statement]) -> list[str]:
    """A sentence for each statement that is not there, or too many."""
    present = _by_meaning(_present(s3, bucket))
    should = _by_meaning(wanted)
    return [
        *(f"it does not say: {_told(should[each])}" for each in should if each not in present),
        *(f"it also says: {_told(present[each])}" for each in present if each not in should),
    ]


def _present(s3: S3Client, bucket: str) -> list[Statement]:
    try:
        policy = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchBucketPolicy":
            return []
        raise
    statements = policy["Statement"]
    return statements if isinstance(statements, list) else [statements]


def _by_meaning(statements: Sequence[Statement]) -> dict[str, Statement]:
    """Those that allow or deny the same are the same, however they are spelled."""
    return {json.dumps(dict(_meaning(each)), sort_keys=True): each for each in statements}


def _meaning(statement: Statement) -> Iterator[tuple[str, Any]]:
    for name, value in statement.items():
        if name == "Principal" and value == _ANYBODY:
            yield name, "*"
        elif name != "Sid":
            yield name, _plain(value)


def _plain(value: Any) -> Any:
    """A list of one is that one, and the order of others means nothing."""
    match value:
        case [one]:
            return _plain(one)
        case list():
            return sorted((_plain(each) for each in value), key=str)
        case dict():
            return {name: _plain(each) for name, each in value.items()}
        case bool():
            return str(value).lower()
    return value


def _told(statement: Statement) -> str:
    return f"{statement.get('Effect')} {json.dumps(_plain(statement.get('Action')))}"
