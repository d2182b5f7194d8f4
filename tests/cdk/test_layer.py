"""The shared layer and the functions' code, as folders that would be zipped."""

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cdk import build, documents, layer

pytestmark = pytest.mark.slow

PACKAGES = [
    "addresses",
    "authorizer",
    "documents",
    "exports",
    "orders",
    "products",
    "replica_bucket",
    "users",
]


def asset(package: str) -> build.Asset:
    return documents.build_function() if package == "documents" else build.function(package)


@pytest.fixture(scope="module")
def host_layer() -> Path:
    """The layer for this very machine, which the local environment uses."""
    return layer.build_layer(None).folder / "python"


def test_every_module_has_bytecode_that_is_never_checked_against_its_source(
    host_layer: Path,
) -> None:
    modules = [path for path in host_layer.rglob("*.py") if "__pycache__" not in path.parts]
    assert len(modules) > 500
    for module in modules:
        compiled = Path(importlib.util.cache_from_source(str(module)))
        flags = int.from_bytes(compiled.read_bytes()[4:8], "little")  # PEP 552
        assert flags == 0b01, f"{compiled} is not unchecked-hash"


def test_botocore_brings_the_data_of_the_services_in_use_only(host_layer: Path) -> None:
    services = {each.name for each in (host_layer / "botocore" / "data").iterdir() if each.is_dir()}
    assert services == {"dynamodb", "events", "kms", "s3"}


@pytest.mark.parametrize("package", PACKAGES)
def test_a_function_starts_from_the_layer_and_its_own_code_alone(
    host_layer: Path, package: str
) -> None:
    """-I -S: nothing of this environment is importable, and of the functions just the one."""
    others = [each for each in PACKAGES if each != package]
    run_alone(
        host_layer,
        package,
        "import importlib, importlib.util, pkgutil\n"
        f"import boto3, {package}.handler\n"
        f"for module in pkgutil.iter_modules({package}.__path__, '{package}.'):\n"
        "    importlib.import_module(module.name)\n"
        "for service in ('dynamodb', 'events', 'kms', 's3'):\n"
        "    boto3.client(service, region_name='eu-central-1')\n"
        f"assert not any(map(importlib.util.find_spec, {others!r}))\n"
        f"assert boto3.__file__.startswith({str(host_layer)!r})\n",
    )


def test_what_the_layer_leaves_out_is_not_missed_by_what_accounts_need(host_layer: Path) -> None:
    """Compiled parts, lists and lazy imports: what only a call would find missing."""
    run_alone(
        host_layer,
        "users",
        "import email_validator, jwt\n"
        "from cryptography.hazmat.primitives.asymmetric import ec\n"
        "from users import passwords\n"
        "stored = passwords.hashed('three plain words')\n"
        "assert passwords.matches(stored, 'three plain words')\n"
        "assert passwords.objection('password1')\n"
        "found = email_validator.validate_email('a@example.com', check_deliverability=False)\n"
        "assert found.normalized == 'a@example.com'\n"
        "key = ec.generate_private_key(ec.SECP256R1())\n"
        "token = jwt.encode({'sub': '1'}, key, 'ES256')\n"
        "assert jwt.decode(token, key.public_key(), ['ES256']) == {'sub': '1'}\n",
    )


def run_alone(host_layer: Path, package: str, program: str) -> None:
    """Run ``program`` with nothing importable but the layer and one function."""
    roots = f"[{str(host_layer)!r}, {str(asset(package).folder)!r}]"
    whole = f"import sys\nsys.path[:0] = {roots}\n{program}"
    subprocess.run([sys.executable, "-I", "-S", "-W", "error", "-c", whole], check=True)


def test_what_is_deployed_is_for_arm64_throughout() -> None:
    libraries = list(layer.build_layer(layer.WHEELS["arm64"]).folder.rglob("*.so"))
    assert libraries
    for library in libraries:
        machine = int.from_bytes(
            library.read_bytes()[18:20], "little"
        )  # e_machine of the ELF header
        assert machine == 183, f"{library} is not for aarch64"


@pytest.mark.parametrize("package", PACKAGES)
def test_functions_are_deployed_with_bytecode_too(package: str) -> None:
    folder = asset(package).folder
    modules = [each for each in folder.rglob("*.py") if "__pycache__" not in each.parts]
    assert len(modules) >= 3
    for module in modules:
        compiled = Path(importlib.util.cache_from_source(str(module))).read_bytes()
        assert int.from_bytes(compiled[4:8], "little") == 0b01


def test_another_viewer_makes_another_documents_function(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = documents.build_function().content
    viewer = tmp_path / "viewer"
    shutil.copytree(documents._viewer(), viewer)
    monkeypatch.setattr(documents, "_viewer", lambda: viewer)
    monkeypatch.setattr(documents, "_add_static", lambda _package: None)
    (viewer / "swagger-ui.min.css").write_text("body {}")
    asset = documents.build_function()
    shutil.rmtree(asset.folder)
    assert asset.content != before


def test_a_layer_is_built_once(monkeypatch: pytest.MonkeyPatch) -> None:
    first = layer.build_layer(None)

    def refuse(*_: object) -> None:
        raise AssertionError("built again")

    monkeypatch.setattr(layer, "_install", refuse)
    monkeypatch.setattr(layer, "_assemble", refuse)
    assert layer.build_layer(None) == first


def test_a_change_of_our_code_makes_another_layer_of_the_same_packages(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = layer.build_layer(None)
    changed = tmp_path / "shop"
    build.copy_package(layer.SHARED, changed)
    (changed / "money.py").write_text("# changed\n")
    monkeypatch.setattr(layer, "SHARED", changed)
    monkeypatch.setattr(layer, "_assemble", lambda _packages, _folder: None)

    def refuse(*_: object) -> None:
        raise AssertionError("installed again")

    monkeypatch.setattr(layer, "_install", refuse)
    after = layer.build_layer(None)
    after.folder.rmdir()
    assert after.content != before.content


def test_a_build_that_fails_leaves_nothing_behind(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(build, "BUILD", tmp_path)

    def fail(folder: Path) -> None:
        (folder / "half").write_text("")
        raise RuntimeError("cut off")

    with pytest.raises(RuntimeError, match="cut off"):
        build.once("thing/1", fail)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert build.once("thing/1", lambda folder: (folder / "whole").touch()).name == "1"
    assert (tmp_path / "thing" / "1" / "whole").exists()


def test_a_mistake_in_the_code_is_named_with_its_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(build, "ROOT", tmp_path)
    monkeypatch.setattr(build, "BUILD", tmp_path / ".build")
    package = tmp_path / "functions" / "products"
    package.mkdir(parents=True)
    (package / "handler.py").write_text("import json\n\ndef broken(:\n")
    with pytest.raises(build.BuildError, match=r"products/handler.py, line 3: "):
        build.function("products")


def test_the_digest_moves_with_names_and_contents_and_not_with_bytecode(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("1")
    first = build.digest([tmp_path])
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.pyc").write_text("x")
    assert build.digest([tmp_path]) == first
    (tmp_path / "a.py").write_text("2")
    second = build.digest([tmp_path])
    (tmp_path / "a.py").rename(tmp_path / "b.py")
    assert len({first, second, build.digest([tmp_path])}) == 3
