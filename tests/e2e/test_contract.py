"""Schemathesis over the document: no 5xx, every answer documented, as the document says."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from ops.openapi import DOCUMENT
from tests.e2e.conftest import Api

pytestmark = pytest.mark.e2e

schema = schemathesis.openapi.from_path(DOCUMENT)
# Query parameters that the document does not name are ignored, as clients of the web expect.
schema.config.generation.update(allow_extra_parameters=False)


@schema.parametrize()
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_api_keeps_to_its_document(case: schemathesis.Case[Any], api: Api) -> None:
    # A cursor is opaque: the document cannot say which strings are one.
    made_up: list[Any] = [positive_data_acceptance] if "cursor" in case.query else []
    case.call_and_validate(base_url=api.url, timeout=30, excluded_checks=made_up)
