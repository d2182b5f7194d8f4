"""A little SVG, written by hand: elements as text, how wide a text will be, how all of it looks."""

from __future__ import annotations

from html import escape

_SIZES = {"title": 20.0, "lane": 13.0, "label": 11.5, "small": 11.0}
_WIDE = set("MWmw@%")
_NARROW = set("iljtfrI1.,:;'|()[]!- ")
STYLE = """
svg { --ground: #ffffff; --band: #f4f6f9; --ink: #17202e; --soft: #5c6b7f; --line: #d4dbe4;
  --load: #7f9cc4; --pulse: #39649f; --harm: #c8372d; --way: #14796b; --check: #6b56a8;
  --on: #ffffff; --good: #1d7a37; --moment: #a05a00; }
@media (prefers-color-scheme: dark) { svg { --ground: #10151d; --band: #182029; --ink: #e8edf4;
  --soft: #9aa9bc; --line: #2c3744; --load: #4a648b; --pulse: #86b1ec; --harm: #e0574c;
  --way: #2fa592; --check: #9b86dc; --on: #0c1016; --good: #4cc06c; --moment: #f0a93b; } }
text { font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
  fill: var(--ink); }
.title { font-size: 20px; font-weight: 650; } .lane { font-size: 13px; font-weight: 600; }
.label { font-size: 11.5px; paint-order: stroke; stroke: var(--band); stroke-width: 3px;
  stroke-linejoin: round; } .small { font-size: 11px; fill: var(--soft); }
.inside { font-size: 11.5px; fill: var(--on); font-weight: 550; }
.flag { font-size: 12px; font-weight: 700; fill: var(--on); }
.ground { fill: var(--ground); } .band { fill: var(--band); } .grid { stroke: var(--line); }
.load { fill: var(--load); fill-opacity: .38; } .pulse { fill: var(--pulse); }
.harm { fill: var(--harm); } .recovery { fill: var(--way); } .check { fill: var(--check); }
.good { fill: var(--good); } .bad { fill: var(--harm); }
.tick { stroke: var(--on); stroke-width: 1.8; fill: none; stroke-linecap: round;
  stroke-linejoin: round; }
.moment { stroke: var(--moment); stroke-width: 1.6; stroke-dasharray: 5 4; }
.pole { fill: var(--moment); }
"""


def element(name: str, text: str = "", *, raw: str = "", **attributes: object) -> str:
    """``class_`` is class, and ``stroke_width`` is stroke-width; ``raw`` is markup inside it."""
    told = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_short(value))}"'
        for key, value in attributes.items()
    )
    inside = escape(text, quote=False) + raw
    return f"<{name}{told}>{inside}</{name}>" if inside else f"<{name}{told}/>"


def _short(value: object) -> str:
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)


def text(x: float, y: float, words: str, class_: str, anchor: str = "start") -> str:
    return element("text", words, x=x, y=y, class_=class_, text_anchor=anchor)


def width(words: str, class_: str = "label") -> float:
    """About how wide a text of a class is; rather too much."""
    units = sum(0.38 if c in _NARROW else 0.98 if c in _WIDE else 0.62 for c in words)
    return units * _SIZES.get(class_, 12.0)
