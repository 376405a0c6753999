"""Small charts as SVG, drawn on the server: no script, printable, readable by screen readers as a table of words."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH = 640
LEFT, BOTTOM, TOP = 56, 22, 10
Points = Sequence[tuple[str, int]]


def nice_ceiling(value: int) -> int:
    """The next 1, 2, 2.5 or 5 times a power of ten: a scale people can halve in their heads."""
    if value <= 0:
        return 1
    power = 10 ** (len(str(value)) - 1)
    for step in (10, 20, 25, 50, 100):
        if step * power >= value * 10:
            return int(max(1, step * power // 10))
    raise AssertionError("unreachable: 100 * power > value * 10")


def short(value: int) -> str:
    """`1억 2천` would be long for an axis: 1.2억, 35만, 800."""
    for size, unit in ((100_000_000, "억"), (10_000, "만")):
        if value >= size:
            return f"{value / size}".rstrip("0").rstrip(".") + unit
    return f"{value:,}"


def px(value: float) -> str:
    """A length in the drawing; text, because `format_html` escapes before it formats."""
    return f"{value:.1f}"


def bars(points: Points, label: str, unit: str, height: int) -> SafeString:
    top, plot = _scale(points, height)
    slot = (WIDTH - LEFT) / max(len(points), 1)
    width = min(slot * 0.66, 44)
    marks = format_html_join(
        "",
        '<rect class="bar-mark" x="{}" y="{}" width="{}" height="{}" rx="3"><title>{}: {}{}</title></rect>',
        (
            (
                px(LEFT + slot * (i + 0.5) - width / 2),
                px(TOP + plot * (1 - value / top)),
                px(width),
                px(max(plot * value / top, 1 if value else 0)),
                name,
                f"{value:,}",
                unit,
            )
            for i, (name, value) in enumerate(points)
        ),
    )
    return _frame(points, label, unit, height, top, marks)


def line(points: Points, label: str, unit: str, height: int) -> SafeString:
    top, plot = _scale(points, height)
    slot = (WIDTH - LEFT) / max(len(points), 1)
    spots = [
        (LEFT + slot * (i + 0.5), TOP + plot * (1 - value / top), name, value) for i, (name, value) in enumerate(points)
    ]
    path = " ".join(f"{px(x)},{px(y)}" for x, y, _name, _value in spots)
    marks = SafeString("")
    if spots:
        floor = TOP + plot
        area = f"{px(spots[0][0])},{floor} {path} {px(spots[-1][0])},{floor}"
        dots = format_html_join(
            "",
            '<circle class="dot-mark" cx="{}" cy="{}" r="{}"><title>{}: {}{}</title></circle>',
            ((px(x), px(y), 3 if len(spots) <= 31 else 1.5, name, f"{value:,}", unit) for x, y, name, value in spots),
        )
        marks = format_html(
            '<polygon class="area-mark" points="{}"></polygon><polyline class="line-mark" points="{}"></polyline>{}',
            area,
            path,
            dots,
        )
    return _frame(points, label, unit, height, top, marks)


def _scale(points: Points, height: int) -> tuple[int, int]:
    return nice_ceiling(max((value for _name, value in points), default=0)), height - TOP - BOTTOM


def _frame(points: Points, label: str, unit: str, height: int, top: int, marks: SafeString) -> SafeString:
    """Axis, a few labels, and the sum in words for those who do not see the drawing."""
    plot = height - TOP - BOTTOM
    grid = format_html_join(
        "",
        '<line class="axis" x1="{}" x2="{}" y1="{}" y2="{}"></line><text x="{}" y="{}" text-anchor="end">{}</text>',
        (
            (LEFT, WIDTH, px(y), px(y), LEFT - 8, px(y + 4), text)
            for y, text in (
                (TOP + plot, "0"),
                (TOP + plot / 2, short(top // 2)),
                (TOP, short(top)),
            )
        ),
    )
    every = max(1, -(-len(points) // 8))
    slot = (WIDTH - LEFT) / max(len(points), 1)
    names = format_html_join(
        "",
        '<text x="{}" y="{}" text-anchor="middle">{}</text>',
        ((px(LEFT + slot * (i + 0.5)), height - 6, name) for i, (name, _value) in enumerate(points) if i % every == 0),
    )
    total = f"{sum(value for _name, value in points):,}{unit}"
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{} ({})">{}{}{}</svg>',
        WIDTH,
        height,
        label,
        total,
        grid,
        marks,
        names,
    )
