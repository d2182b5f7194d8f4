"""Ids are 32 hexadecimal digits; derived ones are always the same."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.ids import derived_id, is_id, new_id

NAMESPACE = uuid.UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")


def test_every_new_id_is_another_one() -> None:
    ids = {new_id() for _ in range(100)}
    assert len(ids) == 100
    assert all(map(is_id, ids))


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_a_derived_id_depends_on_its_name_alone(name: str) -> None:
    assert derived_id(NAMESPACE, name) == derived_id(NAMESPACE, name)
    assert is_id(derived_id(NAMESPACE, name))


def test_other_names_and_other_namespaces_give_other_ids() -> None:
    assert len({derived_id(NAMESPACE, "a"), derived_id(NAMESPACE, "b")}) == 2
    assert derived_id(uuid.uuid4(), "a") != derived_id(NAMESPACE, "a")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0" * 31,
        "0" * 33,
        "0" * 31 + "g",
        "A" * 32,
        "0" * 32 + "\n",
        "\u0663" * 32,
        str(uuid.UUID(int=0)),
        "0" * 5000,
    ],
    ids=ascii,
)
def test_what_has_another_shape_is_no_id(text: str) -> None:
    assert not is_id(text)
