"""Product pictures for the demo, composed from an openly licensed illustration set (Fluent Emoji, MIT).

A picture is a small still life: a wall, a table, a soft light, and the goods. Needs the package of demo/package.json
(`npm ci` there) and resvg; both only for `dure demo build`, never at run time.
"""

from __future__ import annotations

import json
from functools import cache
from io import BytesIO
from pathlib import Path

ICONS = Path(__file__).parents[3] / "demo/node_modules/@iconify-json/fluent-emoji/icons.json"

# wall above, wall below, table, cloth: warm linen, celadon, persimmon, indigo, barley, plum
PALETTES = (
    ("#fdf6ea", "#f6e3c5", "#c99a66", "#efe0c8"),
    ("#eef6f1", "#cfe5da", "#7fa390", "#dfeee6"),
    ("#fff1e8", "#fbd3bd", "#c9714a", "#ffe6d8"),
    ("#eef1f8", "#cbd6ec", "#66779f", "#dfe6f4"),
    ("#fbf8e6", "#eee3ac", "#b39b45", "#f5efcf"),
    ("#f8eef4", "#e8cbdd", "#97688a", "#f2e0ec"),
)

# (x, y, scale) of each subject on an 800 × 800 canvas, back to front; an illustration is 32 × 32.
LAYOUTS = {
    "one": ((176, 178, 14.0),),
    "pair": ((330, 250, 11.5), (92, 268, 11.5)),
    "heap": ((280, 170, 9.0), (110, 290, 9.5), (410, 290, 9.5)),
    "box": ((136, 300, 7.0), (288, 300, 7.0), (440, 300, 7.0)),
}


@cache
def illustrations() -> dict[str, str]:
    """Name → SVG body. Raises FileNotFoundError with what to do when the package is not installed."""
    if not ICONS.exists():
        raise FileNotFoundError(f"{ICONS} is missing: run `npm ci` in demo/ first.")
    return {name: icon["body"] for name, icon in json.loads(ICONS.read_text())["icons"].items()}


def still_life(subjects: tuple[str, ...], palette: int = 0, layout: str = "one", width: int = 560) -> BytesIO:
    """A PNG of the subjects in a layout; a second subject takes every other place."""
    return BytesIO(_drawn(subjects, palette % len(PALETTES), layout, width))


@cache
def _drawn(subjects: tuple[str, ...], palette: int, layout: str, width: int) -> bytes:
    from resvg_py import svg_to_bytes

    svg = _svg(subjects, palette, layout)
    for wider in (0, 12, 24):
        try:
            return bytes(svg_to_bytes(svg_string=svg, width=width + wider))
        except BaseException as error:  # resvg's filters panic at a few sizes; a panic is no Exception
            if type(error).__name__ != "PanicException":
                raise
    raise RuntimeError(f"{subjects} cannot be drawn")


def _svg(subjects: tuple[str, ...], palette: int, layout: str) -> str:
    high, low, table, cloth = PALETTES[palette % len(PALETTES)]
    places = LAYOUTS["pair"] if layout == "one" and len(subjects) > 1 else LAYOUTS[layout]
    return f"""<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 800 800">
<defs><linearGradient id="wall" x1="0" y1="0" x2="0" y2="1">
<stop offset="0" stop-color="{high}"/><stop offset="1" stop-color="{low}"/></linearGradient>
<radialGradient id="light" cx=".3" cy=".2" r=".8"><stop offset="0" stop-color="#fff" stop-opacity=".75"/>
<stop offset="1" stop-color="#fff" stop-opacity="0"/></radialGradient></defs>
<rect width="800" height="800" fill="url(#wall)"/><rect width="800" height="800" fill="url(#light)"/>
<rect y="590" width="800" height="210" fill="{table}"/><rect y="590" width="800" height="8" fill="#000" opacity=".08"/>
<path d="M90 800 L150 606 H650 L710 800 Z" fill="{cloth}"/>
{"".join(_subject(subjects[i % len(subjects)], i, *place) for i, place in enumerate(places))}
{_box(table) if layout == "box" else ""}</svg>"""


def _subject(name: str, index: int, x: float, y: float, scale: float) -> str:
    body = illustrations()[name]
    marked = (
        body.replace('id="', f'id="s{index}').replace("url(#", f"url(#s{index}").replace('href="#', f'href="#s{index}')
    )
    middle, floor = x + 16 * scale, y + 30.4 * scale
    return (
        f'<ellipse cx="{middle}" cy="{floor}" rx="{13.5 * scale}" ry="{2.3 * scale}" fill="#2b1a0c" opacity=".16"/>'
        f'<g transform="translate({x},{y}) scale({scale})">{marked}</g>'
    )


def _box(color: str) -> str:
    """The front of a gift box, with a ribbon."""
    return (
        f'<path d="M120 470 H680 L650 680 H150 Z" fill="{color}"/>'
        '<path d="M120 470 H680 L676 500 H124 Z" fill="#fff" opacity=".25"/>'
        '<rect x="382" y="470" width="36" height="210" fill="#fff" opacity=".55"/>'
    )
