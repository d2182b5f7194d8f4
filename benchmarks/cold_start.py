"""What a cold start costs in CPU: importing a function, and making its client.

Each figure is the median over fresh processes that see the layer and the function alone, as in
Lambda. The variants take turns, so that a change in the machine's speed meets all of them:

- ours: the layer as it is deployed, its bytecode never checked against its source
- stale: the same with ordinary bytecode after zipping lost the sources' times
"""

from __future__ import annotations

import compileall
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from cdk import build
from cdk.documents import build_function
from cdk.layer import build_layer

PROGRAM = """
import json, sys, time
sys.dont_write_bytecode = True
sys.path[:0] = json.loads(sys.argv[1])
started = time.process_time()
handler = __import__(sys.argv[2] + ".handler", fromlist=["handler"])
for make in ("repository", "verifier"):
    getattr(handler, make, lambda: None)()
print(time.process_time() - started)
"""

# What the functions want to be told; none of it is asked.
VARIABLES = [
    "TABLE_NAME", "USERS_TABLE_NAME", "ADDRESSES_TABLE_NAME", "PRODUCTS_TABLE_NAME", "BUS_NAME",
    "UNPAID_MINUTES", "IMAGES_BUCKET", "IMAGES_URL", "TOKEN_ISSUER", "TOKEN_AUDIENCE",
    "SIGNING_KEY_ARN", "VERIFICATION_KEY_ARNS",
]  # fmt: skip


def main(runs: Annotated[int, typer.Option(help="Processes for each figure")] = 20) -> None:
    """Measure, and print medians in milliseconds of CPU with their ratio."""
    with tempfile.TemporaryDirectory() as folder:
        ours = build_layer(None).folder / "python"
        variants = {"ours": ours, "stale": stale_copy(ours, Path(folder) / "python")}
        table = Table("function", *variants, "stale / ours", title=machine(runs))
        for function, code in sources().items():
            times: dict[str, list[float]] = {name: [] for name in variants}
            for _ in range(runs):
                for name, layer in variants.items():
                    times[name].append(measure(layer, code, function))
            medians = {name: statistics.median(values) for name, values in times.items()}
            cells = [f"{median * 1000:.0f} ms" for median in medians.values()]
            table.add_row(function, *cells, f"{medians['stale'] / medians['ours']:.2f}")
    Console().print(table)


def sources() -> dict[str, Path]:
    """Each function and the folder that its code is deployed from."""
    contexts = ("users", "addresses", "products", "orders", "authorizer")
    folders = {name: build.function(name).folder for name in contexts}
    return folders | {"documents": build_function().folder}


def stale_copy(layer: Path, target: Path) -> Path:
    """The layer as zipping would leave it without care: bytecode from another time."""
    shutil.copytree(layer, target, ignore=shutil.ignore_patterns("__pycache__"))
    compileall.compile_dir(target, quiet=1)
    for source in target.rglob("*.py"):
        os.utime(source, (0, 0))
    return target


def measure(layer: Path, code: Path, function: str) -> float:
    """Seconds of CPU from an empty interpreter to a function that could answer."""
    ran = subprocess.run(
        [sys.executable, "-I", "-S", "-c", PROGRAM, json.dumps([str(layer), str(code)]), function],
        env={
            "AWS_REGION": "eu-central-1",
            "AWS_DEFAULT_REGION": "eu-central-1",
            "AWS_ACCESS_KEY_ID": "none",
            "AWS_SECRET_ACCESS_KEY": "none",
            "PYDANTIC_DISABLE_PLUGINS": "__all__",
            **dict.fromkeys(VARIABLES, "none"),
        },
        capture_output=True,
        text=True,
        check=True,
    )
    return float(ran.stdout)


def machine(runs: int) -> str:
    return f"{platform.machine()}, Python {platform.python_version()}, median of {runs} processes"


if __name__ == "__main__":
    typer.run(main)
