"""The components of the house as template tags; a builtin library, so no template needs `{% load %}`.

`/design` shows each of them alive, the README next to this folder how each is written.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django import template
from django.contrib.messages.storage.base import Message
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, Form, RadioSelect, Select, Textarea
from django.template.context import Context
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext as _

from dure.integrations.carrier.carriers import carrier_name
from dure.kit import clock, images, money, privacy
from dure.kit.korean import phone_shown
from dure.sites.design import cards, charts
from dure.sites.design.rows import markup

register = template.Library()
register.filter("won", money.won)
register.filter("carrier_name", carrier_name)


@register.filter
def share(basis_points: int) -> str:
    """`4000` as `40%`."""
    return f"{basis_points / 100:g}%"


# --- small words ---------------------------------------------------------------------------------------------------


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon of `frontend/icons.ts`. Without a label it is decoration and hidden from screen readers."""
    return _icon(name, str(label))


@lru_cache(maxsize=1024)
def _icon(name: str, label: str) -> SafeString:
    hidden = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    return format_html(
        '<svg class="icon" width="20" height="20" {}><use href="{}#{}"></use></svg>',
        hidden,
        static("dist/icons.svg"),
        name,
    )


TONES = {
    "good": "PAID DELIVERED PURCHASE_CONFIRMED APPROVED DONE COMPLETED ACTIVE SELECTED ACCEPTED READY GOOD OK LIVE",
    "info": "DELIVERING IN_REVIEW REQUESTED COLLECTING COLLECTED IN_PROGRESS SCREENING CONTACTED INTERESTED "
    "REHEARSING REPLAY SCHEDULED BUILDING APPLYING ENROLLED INFO",
    "warn": "PAYMENT_WAITING WAITING_FOR_DEPOSIT HELD SUSPENDED DEFERRED PAUSED EXPIRED INVITED SOLD_OUT LOW WARN "
    "PARTIAL_CANCELED RETURNED EXCHANGED",
    "bad": "REJECTED PROHIBITED FAILED ABORTED DECLINED RETURNED_BY_BANK DROPPED BROKEN BAD",
    "live": "ON_AIR",
}
_TONE_OF = {code: tone for tone, codes in TONES.items() for code in codes.split()}


@register.simple_tag
def status(value: str, label: Any = "", tone: str = "") -> SafeString:
    """A status chip. The tone follows the house's status codes; codes not listed are neutral."""
    tone = tone or _TONE_OF.get(str(value), "")
    toned = f" status--{tone}" if tone else ""
    return mark_safe(f'<span class="status{toned}">{markup(label or value)}</span>')  # noqa: S308


WEEKDAYS = (
    pgettext_lazy("weekday", "월"),
    pgettext_lazy("weekday", "화"),
    pgettext_lazy("weekday", "수"),
    pgettext_lazy("weekday", "목"),
    pgettext_lazy("weekday", "금"),
    pgettext_lazy("weekday", "토"),
    pgettext_lazy("weekday", "일"),
)


@lru_cache(maxsize=8)
def _weekdays(language: str | None) -> tuple[str, ...]:
    """As the language of now writes them."""
    return tuple(map(str, WEEKDAYS))


@register.filter
def day(value: date | datetime | None) -> str:
    """`2026. 11. 24. (화)`, the KST day."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = timezone.localtime(value)
    return f"{value.year}. {value.month}. {value.day}. ({_weekdays(get_language())[value.weekday()]})"


@register.filter
def moment(value: datetime | None) -> str:
    """`11. 24. (화) 18:30`; with the year when it is not this one."""
    if value is None:
        return ""
    value = timezone.localtime(value)
    year = "" if value.year == clock.today().year else f"{value.year}. "
    weekday = _weekdays(get_language())[value.weekday()]
    return f"{year}{value.month}. {value.day}. ({weekday}) {value.hour:02}:{value.minute:02}"


@register.filter
def masked(person: Any) -> str:
    """A name as strangers see it: 김두레 gives 김**."""
    return privacy.masked_name(str(person))


@register.filter
def masked_text(text: str) -> str:
    """Public text without telephone numbers, e-mail addresses, account numbers."""
    return privacy.masked_text(text)


@register.filter
def phone(e164: str) -> str:
    """`+821012345678` as `010-1234-5678`."""
    return phone_shown(e164) if e164 else ""


@register.simple_tag
def price(
    now: int, before: int | None = None, live: bool = False, big: bool = False, several: bool = False
) -> SafeString:
    """A price; with `before` above it, the share it fell by and the old price struck out. Won.

    `several`: the lowest of several prices, written `6,900원~`.
    """
    classes = "price" + (" price--live" if live else "") + (" price--big" if big else "")
    onward = (
        f'<span aria-hidden="true">~</span><span class="visually-hidden">{escape(_("부터"))}</span>' if several else ""
    )
    amount = f"<strong>{money.won(now)}{onward}</strong>"
    if before and before > now:
        was = f'<del><span class="visually-hidden">{escape(_("정가"))}</span> {money.won(before)}</del>'
        amount = f'<span class="off">{(before - now) * 100 // before}%</span> {amount} {was}'
    return mark_safe(f'<span class="{classes}">{amount}</span>')  # noqa: S308 (numbers and our own words)


@register.simple_tag
def rating(stars: float | None, count: int | None = None) -> SafeString:
    """`★ 4.8 (312)`; nothing without reviews."""
    if not stars:
        return SafeString("")
    counted = f' <span class="muted">({count:,})</span>' if count is not None else ""
    label = f'<span class="visually-hidden">{escape(_("별점"))}</span>'
    return mark_safe(f'<span class="rating">{_icon("star", "")}{label}{stars:.1f}{counted}</span>')  # noqa: S308


@register.simple_tag
def unique() -> str:
    """A fresh idempotency key for a form's hidden `key`."""
    return str(uuid.uuid4())


@register.simple_tag(takes_context=True)
def with_query(context: Context, **changes: Any) -> str:
    """This page's query string with some values changed; an empty value drops the key."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value not in (None, ""):
            query[name] = str(value)
    return f"?{query.urlencode()}"


# --- forms ---------------------------------------------------------------------------------------------------------


@register.inclusion_tag("design/ui/field.html")
def field(bound: BoundField, label: str = "", help: str | bool = "", affix: str = "", **attrs: Any) -> dict[str, Any]:
    """A form field with label, help and its error beside it, tied together for screen readers.

    `attrs` go to the control (underscores become dashes): `{% field form.phone inputmode="tel" %}`. `affix` is a
    unit behind the control (원, 개). A field whose widget has `data-won` is right-aligned. `help=False` drops the
    form's own help text.
    """
    widget = bound.field.widget
    given = {name.replace("_", "-"): value for name, value in attrs.items() if value is not None}
    help_text = bound.help_text if help == "" else help or ""
    described = [f"{bound.auto_id}-help"] if help_text else []
    if bound.errors:
        described.append(f"{bound.auto_id}-error")
        given["aria-invalid"] = "true"
    if described:
        given["aria-describedby"] = " ".join(described)
    kind = _kind(widget)
    extra = " input--won" if "data-won" in {**widget.attrs, **given} else ""
    if kind in ("input", "select", "textarea"):
        given["class"] = f"{kind}{extra} {widget.attrs.get('class', '')}".strip()
    return {
        "bound": bound,
        "kind": kind,
        "control": bound.as_widget(attrs=given) if kind != "choices" else "",
        "label": label or bound.label,
        "help": help_text,
        "affix": affix,
        "required": bound.field.required,
        "hidden": bound.is_hidden,
        "cards": widget.attrs.get("data-cards"),
    }


def _kind(widget: Any) -> str:
    if isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        return "choices"
    if isinstance(widget, CheckboxInput):
        return "check"
    if isinstance(widget, Textarea):
        return "textarea"
    return "select" if isinstance(widget, Select) else "input"


@register.inclusion_tag("design/ui/form_fields.html")
def form_fields(form: Form) -> dict[str, Any]:
    """Every field of a form in its order, the form's own errors on top."""
    return {"form": form}


@register.inclusion_tag("design/ui/form_errors.html")
def form_errors(form: Form) -> dict[str, Any]:
    """What is wrong with the form as a whole (not with one field)."""
    return {"form": form}


# --- parts of a page -----------------------------------------------------------------------------------------------


@register.inclusion_tag("design/ui/empty.html")
def empty(title: str, text: str = "", action: str = "", url: str = "", mark: str = "package-open") -> dict[str, Any]:
    """An empty place that teaches: what will be here, and the one thing to do next."""
    return {"title": title, "text": text, "action": action, "url": url, "mark": mark}


@register.inclusion_tag("design/ui/steps.html")
def steps(labels: Sequence[str], now: int) -> dict[str, Any]:
    """Progress through numbered steps; `now` counts from 1, len + 1 when all are done."""
    marked = [("done" if i < now else "now" if i == now else "todo", i, label) for i, label in enumerate(labels, 1)]
    return {"steps": marked}


@register.inclusion_tag("design/ui/timeline.html")
def timeline(items: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """What happened and will happen. An item: title, at, text, state (done, now, todo, bad)."""
    return {"items": items}


@register.inclusion_tag("design/ui/tile.html")
def tile(label: str, value: Any, note: str = "", icon: str = "", url: str = "", tone: str = "") -> dict[str, Any]:
    """One number that matters, with what it means. Tones: good, warn, bad."""
    return {"label": label, "value": value, "note": note, "icon": icon, "url": url, "tone": tone}


@register.inclusion_tag("design/ui/meter.html")
def meter(value: int, of: int, label: str = "", text: str = "") -> dict[str, Any]:
    """A share as a bar: `value` of `of`."""
    percent = 0 if of <= 0 else max(0, min(100, value * 100 // of))
    return {"value": value, "of": of, "percent": percent, "label": label, "text": text}


@register.inclusion_tag("design/ui/crumbs.html")
def crumbs(*pairs: str) -> dict[str, Any]:
    """`{% crumbs "상품" products_url product.name %}`: label, address, label, address, … the last label is this page."""
    trail = [(pairs[i], pairs[i + 1] if i + 1 < len(pairs) else "") for i in range(0, len(pairs), 2)]
    return {"trail": trail}


@register.inclusion_tag("design/ui/tabs.html")
def tabs(items: Iterable[tuple[Any, ...]], current: str, label: str = "") -> dict[str, Any]:
    """Pages side by side. An item: (key, label, url) or (key, label, url, count)."""
    return {"items": [(*item, None)[:4] for item in items], "current": current, "label": label}


@register.inclusion_tag("design/ui/pager.html", takes_context=True)
def pager(context: Context, page: Any, name: str = "page") -> dict[str, Any]:
    """Links to the pages around `page` (a django Page); keeps the rest of the query string."""
    numbers = list(page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1))
    links = [(n, "" if n == page.paginator.ELLIPSIS else with_query(context, **{name: n})) for n in numbers]
    around = {
        "previous": with_query(context, **{name: page.number - 1}) if page.has_previous() else "",
        "next": with_query(context, **{name: page.number + 1}) if page.has_next() else "",
    }
    return {"page": page, "links": links, **around}


@register.inclusion_tag("design/ui/list_table.html", takes_context=True)
def list_table(context: Context, listing: Any) -> dict[str, Any]:
    """A `lists.Listing`: its search and filter bar, its table (cards on a phone), its pages or its empty state."""
    return {"listing": listing, "request": context["request"], "csrf_token": context.get("csrf_token")}


@register.simple_tag(takes_context=True)
def product_grid(context: Context, products: Iterable[Any], best: int = 0) -> SafeString:
    """Product cards (see `design/cards.py`), with hearts when the page knows `wished`; `best` of them above the fold."""
    here = context["request"].get_full_path() if "request" in context else ""
    return cards.grid(products, DRAWN, wished=context.get("wished"), here=here, best=best)


# --- pictures ------------------------------------------------------------------------------------------------------


@register.simple_tag
def photo(
    name: Any, alt: str = "", sizes: str = "", css: str = "photo", ratio: str = "", eager: bool = False
) -> SafeString:
    """A picture kept by `kit.images`, in the size the screen needs; a woven placeholder when there is none.

    `sizes` as in HTML, e.g. "(width >= 60rem) 18rem, 50vw". `css="thumb"` for the small square of a line or a row.
    `eager` for the one large picture a page opens with.
    """
    style = format_html(' style="--ratio: {}"', ratio) if ratio else ""
    if not name:
        label = format_html('role="img" aria-label="{}"', alt) if alt else SafeString('aria-hidden="true"')
        return format_html('<span class="{} photo--none" {}{}>{}</span>', css, label, style, icon("image"))
    small = css == "thumb"
    light = images.light_srcset(name)
    shown = format_html(
        '<img class="{}" src="{}" {} alt="{}" {} decoding="async"{}>',
        css,
        images.url(name, 320 if small else 800),
        "" if small else _srcset(name, sizes),
        alt,
        SafeString('fetchpriority="high"' if eager else 'loading="lazy"'),
        style,
    )
    if small or not light:
        return shown
    return format_html(
        '<picture><source type="image/avif" srcset="{}" sizes="{}">{}</picture>', light, sizes or SIZES, shown
    )


def _srcset(name: Any, sizes: str) -> SafeString | str:
    srcset = images.srcset(name)
    return format_html('srcset="{}" sizes="{}"', srcset, sizes or SIZES) if srcset else ""


SIZES = "(width >= 60rem) 19rem, 50vw"  # how wide a picture is shown where a page does not say


@register.filter
def photo_url(name: Any, size: int = 800) -> str:
    return images.url(name, size) if name else ""


@register.filter
def photo_srcset(name: Any) -> str:
    return images.srcset(name) if name else ""


@register.filter
def photo_light(name: Any) -> str:
    """The srcset of the picture in AVIF, if there is one yet."""
    return images.light_srcset(name)


DRAWN = {"photo": photo, "price": price, "rating": rating, "icon": icon}


@register.simple_tag(takes_context=True)
def heart(context: Context, product: Any) -> SafeString:
    """The heart of the product a page is about; the page knows `wished`."""
    return cards.heart(
        product.pk, product.name, icon("heart"), context["wished"], context["request"].get_full_path(), big=True
    )


@register.simple_tag
def product_card(product: Any) -> SafeString:
    """One product card, for a grid that holds other things as well."""
    return cards.card(product, DRAWN)


# --- charts --------------------------------------------------------------------------------------------------------


@register.simple_tag
def bar_chart(points: Sequence[tuple[str, int]], label: str, unit: str = "원", height: int = 160) -> SafeString:
    """Bars drawn on the server as SVG: `points` are (label, value >= 0)."""
    return charts.bars(points, label, unit, height)


@register.simple_tag
def line_chart(points: Sequence[tuple[str, int]], label: str, unit: str = "원", height: int = 160) -> SafeString:
    """A line drawn on the server as SVG: `points` are (label, value >= 0)."""
    return charts.line(points, label, unit, height)


# --- toasts --------------------------------------------------------------------------------------------------------


@register.filter
def undo(message: Message) -> dict[str, Any] | None:
    """Where to post, and what, to take back what the toast tells of (see `design.toasts`)."""
    extra = message.extra_tags or ""
    return json.loads(extra) if extra.startswith("{") else None


# --- frames --------------------------------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def nav_items(context: Context, nav: Iterable[tuple[Any, ...]]) -> SafeString:
    """`nav` as list items, (label, url, icon, badge) each; current is the longest address this page's path begins with."""
    path, items = context["request"].path, list(nav or ())
    current = max((str(url) for _label, url, *_rest in items if path.startswith(str(url))), key=len, default="")
    return mark_safe("".join(_nav_item(*item, current) for item in items))  # noqa: S308 (escaped)


def _nav_item(label: Any, url: Any, mark: str, badge: Any, current: str) -> str:
    here = ' aria-current="page"' if url == current else ""
    count = f'<span class="count">{markup(badge)}</span>' if badge else ""
    return f'<li><a href="{markup(url)}"{here}>{_icon(mark, "")}<span>{markup(label)}</span>{count}</a></li>'


@register.tag
def once(parser: Any, token: Any) -> template.Node:
    """`{% once %}…{% endonce %}`: drawn once for each language, for what depends on nothing else: a foot, a row of links."""
    inside = parser.parse(("endonce",))
    parser.delete_first_token()
    return Once(inside)


class Once(template.Node):
    def __init__(self, inside: template.NodeList):
        self.inside = inside
        self.drawn: dict[str, str] = {}

    def render(self, context: Context) -> str:
        language = get_language() or ""
        if language not in self.drawn:
            self.drawn[language] = self.inside.render(context)
        return self.drawn[language]
