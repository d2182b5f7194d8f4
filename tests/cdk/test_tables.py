"""What must never change silently: a changed logical id or key schema replaces a table."""

import json
from typing import Any

import pytest

from cdk.settings import SettingsError
from tests.cdk.conftest import resources, synthesize
from tests.orders import tables as orders
from tests.products import tables as products
from tests.users import tables as users

TABLE = "AWS::DynamoDB::GlobalTable"

# (partition key, sort key) of the table and of each index, which the other tests use as they stand
# in tests/<context>/tables.py. Changing one is a migration.
KEYS = {
    "UsersTable": {"table": ("pk", "sk"), **users.INDEXES},
    "AddressesTable": {"table": ("pk", "sk")},
    "ProductsTable": {"table": ("pk", "sk"), **products.INDEXES},
    "OrdersTable": {"table": ("pk", "sk"), **orders.INDEXES},
}


def keys(schema: list[dict[str, str]]) -> tuple[str, ...]:
    assert [each["KeyType"] for each in schema] == ["HASH", "RANGE"]
    return tuple(each["AttributeName"] for each in schema)


@pytest.fixture
def tables(template: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return resources(template, TABLE)


def indexes(table: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = table["Properties"].get("GlobalSecondaryIndexes", [])
    return found


def test_tables_keep_their_logical_ids_and_keys(tables: dict[str, dict[str, Any]]) -> None:
    found = {
        logical_id: {"table": keys(table["Properties"]["KeySchema"])}
        | {index["IndexName"]: keys(index["KeySchema"]) for index in indexes(table)}
        for logical_id, table in tables.items()
    }
    assert found == KEYS


def test_key_attributes_are_strings(tables: dict[str, dict[str, Any]]) -> None:
    for table in tables.values():
        types = {each["AttributeType"] for each in table["Properties"]["AttributeDefinitions"]}
        assert types == {"S"}


def test_tables_recover_to_any_second_of_35_days(tables: dict[str, dict[str, Any]]) -> None:
    for table in tables.values():
        (replica,) = table["Properties"]["Replicas"]
        assert replica["PointInTimeRecoverySpecification"] == {
            "PointInTimeRecoveryEnabled": True,
            "RecoveryPeriodInDays": 35,
        }


def test_tables_outlive_the_stack(tables: dict[str, dict[str, Any]]) -> None:
    for table in tables.values():
        assert table["DeletionPolicy"] == "Retain"
        assert table["UpdateReplacePolicy"] == "Retain"
        (replica,) = table["Properties"]["Replicas"]
        assert replica["DeletionProtectionEnabled"] is True


def test_tables_are_paid_by_request(tables: dict[str, dict[str, Any]]) -> None:
    for table in tables.values():
        assert table["Properties"]["BillingMode"] == "PAY_PER_REQUEST"


def test_indexes_carry_keys_only_so_that_a_sale_writes_to_none(
    tables: dict[str, dict[str, Any]],
) -> None:
    for table in tables.values():
        for index in indexes(table):
            assert index["Projection"] == {"ProjectionType": "KEYS_ONLY"}


def test_rows_expire_in_the_users_table_alone(tables: dict[str, dict[str, Any]]) -> None:
    """Sessions and counted attempts; nothing else may ever vanish by itself."""
    found = {
        logical_id: table["Properties"].get("TimeToLiveSpecification")
        for logical_id, table in tables.items()
    }
    assert found == {
        "UsersTable": {"AttributeName": "expiresAt", "Enabled": True},
        "AddressesTable": None,
        "ProductsTable": None,
        "OrdersTable": None,
    }


def test_streams_tell_no_more_than_their_readers_need(tables: dict[str, dict[str, Any]]) -> None:
    """Of users the keys: so no hash and no address of a person leaves the table with it.

    Of orders both images: an event tells the whole order, and a move where it came from.
    """
    found = {
        logical_id: table["Properties"].get("StreamSpecification")
        for logical_id, table in tables.items()
    }
    assert found == {
        "UsersTable": {"StreamViewType": "KEYS_ONLY"},
        "AddressesTable": None,
        "ProductsTable": None,
        "OrdersTable": {"StreamViewType": "NEW_AND_OLD_IMAGES"},
    }


def test_the_local_stack_has_the_same_tables(
    template: dict[str, Any], local_template: dict[str, Any]
) -> None:
    def without_tags(table: dict[str, Any]) -> dict[str, Any]:
        properties = table["Properties"]
        replicas = [{**each, "Tags": None} for each in properties["Replicas"]]
        # Its name is the emulator's own: test_tables_have_names_in_the_emulator_only.
        return {**table, "Properties": {**properties, "Replicas": replicas, "TableName": None}}

    deployed, local = resources(template, TABLE), resources(local_template, TABLE)
    assert deployed.keys() == local.keys()
    for logical_id, table in deployed.items():
        assert without_tags(table) == without_tags(local[logical_id])


def test_tables_have_names_in_the_emulator_only(
    template: dict[str, Any], local_template: dict[str, Any]
) -> None:
    """There those that it gives by itself, so that a table is kept when its properties change."""

    def names(made: dict[str, Any]) -> dict[str, str | None]:
        tables = resources(made, TABLE).items()
        return {logical_id: each["Properties"].get("TableName") for logical_id, each in tables}

    assert set(names(template).values()) == {None}
    assert names(local_template) == {
        "UsersTable": "shop-local-UsersTable-57A9821B68597",
        "AddressesTable": "shop-local-AddressesTable-7C249549C930C",
        "ProductsTable": "shop-local-ProductsTable-2A4BFD588F3CD",
        "OrdersTable": "shop-local-OrdersTable-46C6E0EDBAE0D",
    }


@pytest.mark.slow
def test_an_index_that_is_held_back_is_in_no_table_and_no_grant(template: dict[str, Any]) -> None:
    held = synthesize(holdBack="ProductsTable/category-price,UsersTable/listing-newest")
    everything = indexes(resources(template, TABLE)["ProductsTable"])
    left = indexes(resources(held, TABLE)["ProductsTable"])
    assert [each for each in everything if each["IndexName"] != "category-price"] == left
    assert "category-price" not in json.dumps(held)
    assert '"/index/category-newest"' in json.dumps(held)
    assert not indexes(resources(held, TABLE)["UsersTable"])  # only there, though of that name
    assert '"/index/listing-newest"' in json.dumps(held)


@pytest.mark.slow
@pytest.mark.parametrize("unknown", ["ProductsTable/by-colour", "ColoursTable/listing-newest"])
def test_an_index_that_is_held_back_must_be_one(unknown: str) -> None:
    with pytest.raises(SettingsError, match=rf"names {unknown}; there are .*UsersTable/listing-ne"):
        synthesize(holdBack=["ProductsTable/category-price", unknown])
