"""What runs the documents' commands: it has to notice."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.e2e.documents import printed, require_as_shown, steps

if TYPE_CHECKING:
    from pathlib import Path

NUMBERS = re.compile(r"\d+")
DOCUMENT = """
Text, and a block that is not run:

```sh
$ exit 3
```

```console
$ A=one; echo "$A" 2
one 2
$ (exit 1)
(exit code 1)
```

More text.

```console
$ printf 'no line feed'
no line feed
$ echo trouble >&2; printf '│ a │\\n'
trouble
┃   a ┃
```
"""


@pytest.mark.parametrize(
    ("shown", "instead", "notices"),
    [
        ("", "", False),
        ("one 2", "one 7", False),
        ("one 2", "two 2", True),
        ("one 2\n", "", True),
        ("(exit code 1)\n", "", True),
        ("(exit 1)", "true", True),
        ("trouble\n┃", "┃", True),
        ("echo trouble", "no-such-command", True),
        ('"$A"', '"$B"', True),
        ("printf 'no", "exit; printf 'no", True),
    ],
)
def test_a_command_that_fails_or_prints_something_else_is_noticed(
    tmp_path: Path, shown: str, instead: str, *, notices: bool
) -> None:
    document = tmp_path / "document.md"
    document.write_text(DOCUMENT.replace(shown, instead, 1))
    found = steps(document)
    assert len(found) == 4
    outputs = printed([step.command for step in found], {"PATH": "/usr/bin:/bin"}, tmp_path)
    if notices:
        with pytest.raises(AssertionError, match=r"document\.md"):
            require_as_shown(document, found, outputs, NUMBERS)
    else:
        require_as_shown(document, found, outputs, NUMBERS)
