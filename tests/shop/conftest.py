from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.shop.notes import Call

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@pytest.fixture
def call(context: LambdaContext) -> Call:
    return Call(context)
