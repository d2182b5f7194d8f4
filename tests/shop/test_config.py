"""Settings come from the environment, and what is missing is named."""

from dataclasses import dataclass

import pytest

from shop import config


@dataclass(frozen=True)
class Settings:
    table_name: str
    bucket_name: str


def test_settings_are_read_from_the_variables_named_like_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TABLE_NAME", "products")
    monkeypatch.setenv("BUCKET_NAME", "images")
    assert config.variable_names(Settings) == ["TABLE_NAME", "BUCKET_NAME"]
    assert config.from_environment(Settings) == Settings("products", "images")


@pytest.mark.parametrize(
    ("environment", "missing"),
    [
        ({}, "TABLE_NAME, BUCKET_NAME"),
        ({"TABLE_NAME": "products"}, "BUCKET_NAME"),
        ({"TABLE_NAME": "", "BUCKET_NAME": "images"}, "TABLE_NAME"),
    ],
)
def test_missing_and_empty_variables_are_named(
    environment: dict[str, str], missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in config.variable_names(Settings):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(config.ConfigurationError, match=f": {missing}$"):
        config.from_environment(Settings)
