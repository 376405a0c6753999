"""Pictures drawn on the server: market days, the 2×2 of product and will, the markets on the map."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from dure.partnership.models import Route
from dure.partnership.queries import MarketDay
from dure.partnership.rules import Opening

# The corners of the map, degrees; a degree of longitude is 0.8 of one of latitude here.
WEST, EAST, SOUTH, NORTH = 125.7, 129.8, 33.1, 38.6
SCALE = 44.0


def map_path(points: Iterable[tuple[float, float]]) -> str:
    """`d` of an SVG path: one dot for each (latitude, longitude), drawn by round line caps."""
    return "".join(f"M{x:.0f} {y:.0f}h0" for x, y in (project(lat, lng) for lat, lng in points))


def project(latitude: float, longitude: float) -> tuple[float, float]:
    return (longitude - WEST) * SCALE * 0.8, (NORTH - latitude) * SCALE


def market_map(points: Iterable[tuple[float, float]], here: tuple[float, float] | None = None) -> SafeString:
    """All markets as dots, which together draw the country; the one we are at stands out."""
    width, height = (EAST - WEST) * SCALE * 0.8, (NORTH - SOUTH) * SCALE
    mark = SafeString("")
    if here:
        x, y = project(*here)
        mark = format_html('<circle class="here" cx="{}" cy="{}" r="6"></circle>', f"{x:.1f}", f"{y:.1f}")
    return format_html(
        '<svg class="market-map" viewBox="0 0 {} {}" role="img" aria-label="{}"><path d="{}"></path>{}</svg>',
        f"{width:.0f}",
        f"{height:.0f}",
        _("전국 전통시장 지도"),
        map_path(points),
        mark,
    )


def calendar(days: Sequence[MarketDay]) -> SafeString:
    """Five weeks from Monday, fair days filled; `days` begins on a Monday."""
    names = {
        Opening.FAIR_DAY: _("장날"),
        Opening.DAILY: _("매일 여는 날"),
        Opening.CLOSED: _("쉬는 날"),
        Opening.UNSURE: _("확인 필요"),
    }
    cells = format_html_join(
        "",
        '<li class="day day--{}"{} title="{}"><span>{}</span><span class="visually-hidden"> {}</span></li>',
        (
            (
                d.opening.lower(),
                mark_safe(' aria-current="date"') if d.today else "",
                names[d.opening],
                d.day.day if d.day.day > 1 else f"{d.day.month}/1",
                names[d.opening],
            )
            for d in days
        ),
    )
    head = format_html_join(
        "", "<li>{}</li>", ((w,) for w in (_("월"), _("화"), _("수"), _("목"), _("금"), _("토"), _("일")))
    )
    return format_html(
        '<div class="market-days"><ol class="market-days__head" aria-hidden="true">{}</ol><ol>{}</ol></div>',
        head,
        cells,
    )


def square(
    points: Sequence[tuple[int, int]], product_bar: int, will_bar: int, now: tuple[int, int] | None = None
) -> SafeString:
    """The 2×2: will to the right, product upwards, one small dot a reviewer and a large one where they meet.

    `now` (product, will) is that large dot; scores are 0–100.
    """
    x, y = will_bar * 2, 200 - product_bar * 2
    fields = format_html_join(
        "",
        '<rect class="{}" x="{}" y="{}" width="{}" height="{}"></rect><text x="{}" y="{}">{}</text>',
        (
            ("done", 0, 0, x, y, x / 2, 18, Route.DONE_FOR_YOU.label),
            ("list", x, 0, 200 - x, y, x + (200 - x) / 2, 18, Route.LIST.label),
            ("learn", 0, y, x, 200 - y, x / 2, 192, Route.LEARN.label),
            ("learn", x, y, 200 - x, 200 - y, x + (200 - x) / 2, 192, Route.LEARN.label),
        ),
    )
    dots = format_html_join(
        "", '<circle class="one" cx="{}" cy="{}" r="4"></circle>', ((w * 2, 200 - p * 2) for p, w in points)
    )
    at = now or (0, 0)
    big = format_html(
        '<circle class="now" cx="{}" cy="{}" r="8" data-dot{}></circle>',
        at[1] * 2,
        200 - at[0] * 2,
        "" if now else mark_safe(" hidden"),
    )
    label = (
        _("상품 %(product)d점, 의지 %(will)d점") % {"product": at[0], "will": at[1]} if now else _("아직 점수가 없어요")
    )
    return format_html(
        '<svg class="square" viewBox="-22 -10 232 238" role="img" aria-label="{}">{}{}{}'
        '<text class="axis" x="100" y="220">{} →</text>'
        '<text class="axis" transform="translate(-10 100) rotate(-90)">{} →</text></svg>',
        label,
        fields,
        dots,
        big,
        pgettext("axis", "의지"),
        pgettext("axis", "상품"),
    )
