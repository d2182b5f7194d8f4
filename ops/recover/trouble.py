"""What kept a command from its work, told to a person as a sentence and to a program as a code."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import typer
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.markup import escape
from typer.core import TyperGroup

from ops.errors import OperationError

if TYPE_CHECKING:
    from collections.abc import Iterator

TROUBLE = 2
"""The exit code; 1 is for what a command could do, or find out, and is not as it should be."""

type AwsError = BotoCoreError | ClientError
AWS_ERRORS = (BotoCoreError, ClientError)

# S3 says 403 where a HEAD leaves no room for words.
_DENIED = {"AccessDenied", "AccessDeniedException", "403"}
# Where a permission is not called as the call is:
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
_PERMISSIONS = {
    "CopyObject": "s3:GetObjectVersion on the source and s3:PutObject on the target",
    "GetBucketEncryption": "s3:GetEncryptionConfiguration",
    "GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
    "GetBucketReplication": "s3:GetReplicationConfiguration",
    "GetObject": "s3:GetObject and s3:GetObjectVersion",
    "GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
    "HeadBucket": "s3:ListBucket",
    "HeadObject": "s3:GetObject, s3:GetObjectVersion and s3:ListBucket",
    "ListObjectVersions": "s3:ListBucketVersions",
    "ListObjectsV2": "s3:ListBucket",
    "TransactGetItems": "dynamodb:GetItem",
}
_SERVICES = {
    "cloudformation": ("StackResource", "Stacks", "UpdateStack", "GetTemplate"),
    "kms": ("DescribeKey",),
    "lambda": ("EventSourceMapping",),
    "s3": ("Bucket", "Object"),
}
"""Those that are called here, by words in the names of their calls; all others are DynamoDB's."""


def told(error: AwsError) -> str:
    """What AWS, or the way to it, had to say; with the permission, if that was it."""
    if isinstance(error, ClientError) and error.response["Error"]["Code"] in _DENIED:
        call = error.operation_name
        return f"AWS does not allow {call} (permission: {_permission(call)}): {error}"
    return str(error)


def _permission(call: str) -> str:
    named = (name for name, words in _SERVICES.items() if any(word in call for word in words))
    return _PERMISSIONS.get(call) or f"{next(named, 'dynamodb')}:{call}"


@contextmanager
def trouble() -> Iterator[None]:
    """End the command with a sentence and an exit code of its own, where it could not go on."""
    try:
        yield
    except (OperationError, OSError, *AWS_ERRORS) as error:
        text = told(error) if isinstance(error, AWS_ERRORS) else str(error)
        # The sentence may quote a file's name or a log: that is not markup.
        Console(stderr=True, highlight=False).print(
            f"[bold red]✗[/] {escape(text)}", soft_wrap=True
        )
        raise typer.Exit(TROUBLE) from error


class Commands(TyperGroup):
    """A group of commands, none of which ends with a traceback for what a person can mend."""

    def invoke(self, ctx: Any) -> Any:
        with trouble():
            return super().invoke(ctx)
