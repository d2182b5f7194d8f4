"""Tells a test that noticed a mutant from one that fell over it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

_TIMEOUT = "Timeout"  # how pytest-timeout begins its failures


class Witness:
    """A plugin that ends the run with the first test that gives a verdict.

    ``noticed`` is that test: an assertion did not hold. ``fell`` are tests that failed otherwise,
    which proves nothing: what cannot be imported fails every test there is.
    """

    def __init__(self) -> None:
        self.noticed: str | None = None
        self.why = ""
        self.fell: list[str] = []
        self.passed = 0
        self.complete = False  # whether all went well to the end

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        if report.failed and call.excinfo:
            if _is_verdict(call.excinfo.value):
                self.noticed = item.nodeid
                self.why = call.excinfo.exconly().splitlines()[0]
                item.session.shouldfail = "a test noticed"
            else:
                self.fell.append(f"{item.nodeid}: {call.excinfo.typename}")
        self.passed += report.when == "call" and report.passed
        return report

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.fell.append(f"{report.nodeid}: not collected")


def strangers(checkout: Path, packages: Path) -> list[str]:
    """Modules of this process that come from the ``checkout``.

    But for installed ``packages``, and for the program that was started, which is not tested.
    """
    files = {name: getattr(module, "__file__", None) or "" for name, module in sys.modules.items()}
    return [
        name
        for name, file in files.items()
        if file.startswith(f"{checkout}/") and not file.startswith(f"{packages}/")
        if name not in {"__main__", "__mp_main__"}
    ]


def _is_verdict(error: BaseException) -> bool:
    if isinstance(error, BaseExceptionGroup):
        return any(map(_is_verdict, error.exceptions))
    if isinstance(error, pytest.fail.Exception):  # DID NOT RAISE, for one
        return not str(error).startswith(_TIMEOUT)
    # Where a test expects one of the code's own exceptions, another one is an answer too.
    own = type(error).__module__.partition(".")[0] in {"orders", "shop"}
    return own or isinstance(error, AssertionError)
