"""Schemathesis over the document: no 5xx, every answer documented, as the document says."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from ops.openapi import DOCUMENT
from tests.e2e.accounts import Account, appoint, register
from tests.e2e.conftest import Api

pytestmark = pytest.mark.e2e

schema = schemathesis.openapi.from_path(DOCUMENT)
# Query parameters that the document does not name are ignored, as clients of the web expect.
schema.config.generation.update(allow_extra_parameters=False)

# Rules of the values themselves, which a schema cannot say: what is a common password or an e-mail
# address, whether labels fit a row, which categories there are, which version If-Match is about,
# that 5.0 is no way to write 5, that a list by name comes by name.
_MORE_THAN_A_SCHEMA = {
    "adjustStock",
    "listProducts",
    "registerUser",
    "updateMe",
    "changePassword",
    "createProduct",
    "updateProduct",
    "placeOrder",
}

# A cursor is opaque, and some domains take no mail: a filter by one is refused, whose format is.
_NO_SCHEMA_TELLS = {"cursor", "email"}


@pytest.fixture
def callers(api: Api, admin: Account) -> dict[str, Account | None]:
    """Everyone signed in for this operation alone, which may end the session."""
    return {
        "nobody": None,
        "customer": register(api),
        "admin": appoint(admin),
    }


@pytest.mark.parametrize("who", ["nobody", "customer", "admin"])
@schema.parametrize()
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_api_keeps_to_its_document(
    case: schemathesis.Case[Any], api: Api, callers: dict[str, Account | None], who: str
) -> None:
    caller = callers[who]
    headers = {"Authorization": f"Bearer {caller.token}"} if caller else {}
    operation = case.operation.definition.raw["operationId"]
    made_up = not _NO_SCHEMA_TELLS.isdisjoint(case.query) or operation in _MORE_THAN_A_SCHEMA
    excluded: list[Any] = [positive_data_acceptance] if made_up else []
    case.call_and_validate(base_url=api.url, headers=headers, timeout=30, excluded_checks=excluded)
