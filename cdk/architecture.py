"""Which processor the functions run on."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING

from aws_cdk import aws_lambda as lambda_

if TYPE_CHECKING:
    from cdk.settings import Settings


def architecture(settings: Settings) -> lambda_.Architecture:
    """arm64 on AWS; locally the functions run on this very machine."""
    if settings.local and platform.machine() in ("x86_64", "AMD64"):
        return lambda_.Architecture.X86_64
    return lambda_.Architecture.ARM_64
