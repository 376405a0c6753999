"""The table of options as a page: up to 500 rows of plain inputs, what was typed never lost, nothing saved on the way.

Each row carries what the page cannot show (its option, its values, the stock that was seen) in one hidden field. Making
combinations and changing many at once work on what is typed; only 저장 keeps it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from dure.commerce.catalog import rules
from dure.commerce.catalog.actions import MOST_AXES, MOST_OPTIONS, OptionRow
from dure.commerce.catalog.models import Option, Product
from dure.commerce.stock.actions import MOST as MOST_STOCK
from dure.commerce.stock.grid import GridRow

BLANK_CHOICES, BLANK_ADDONS = 2, 1


@dataclass
class Line:
    """A row as it is typed: texts, and what is wrong with them by field."""

    id: int | None = None
    values: tuple[str, ...] = ()
    name: str = ""
    price: str = ""
    stock: str = ""
    seen: int = 0
    code: str = ""
    on: bool = True
    addon: bool = False
    picked: bool = False
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def hidden(self) -> str:
        return json.dumps(
            {"id": self.id, "values": self.values, "seen": self.seen, "addon": self.addon}, ensure_ascii=False
        )

    @property
    def title(self) -> str:
        return rules.joined(self.values) or self.name

    @property
    def blank(self) -> bool:
        return not self.id and not self.values and not (self.name.strip() or self.price.strip())

    def check(self) -> None:
        """Say beside each field what cannot be."""
        if not self.title.strip():
            self.errors["name"] = _("옵션명을 적어 주세요. 하나뿐이면 ‘기본’이라고 적어요.")
        if _number(self.price) is None:
            self.errors["price"] = _("판매가를 적어 주세요.")
        if self.stock.strip() and _number(self.stock) is None:
            self.errors["stock"] = _("재고는 숫자로 적어 주세요.")
        if (_number(self.stock) or 0) > MOST_STOCK:
            self.errors["stock"] = _("재고는 100만 개까지 적을 수 있어요.")

    def row(self) -> GridRow:
        option = OptionRow(
            self.name,
            _number(self.price) or 0,
            id=self.id,
            seller_code=self.code[:40],
            values=self.values,
            addon=self.addon,
            on=self.on,
        )
        return GridRow(option, _number(self.stock) if self.stock.strip() else None, self.seen)


def _number(text: str) -> int | None:
    plain = re.sub(r"[,\s원개]", "", text)
    return int(plain) if plain.isdecimal() and len(plain) < 10 else None


@dataclass
class Table:
    lines: list[Line]
    axes: list[tuple[str, str]]  # name, values separated by commas
    unsaved: bool = False

    @classmethod
    def of(cls, product: Product, options: Iterable[Option]) -> Table:
        """`options`: `catalog.queries.kept_options` of the product."""
        lines = []
        for option in options:
            left = option.stock.available if hasattr(option, "stock") else 0
            lines.append(
                Line(
                    option.pk,
                    tuple(option.values),
                    option.name,
                    f"{option.price:,}",
                    str(left),
                    left,
                    option.seller_code,
                    option.active,
                    option.addon,
                )
            )
        choices = [line for line in lines if not line.addon]
        axes = []
        for n, name in enumerate(product.axes):
            values = dict.fromkeys(line.values[n] for line in choices if len(line.values) > n)
            axes.append((name, ", ".join(values)))
        return cls(lines, axes).with_blanks()

    @classmethod
    def typed(cls, data: QueryDict) -> Table:
        lines = [line for n in data.getlist("row")[: 2 * MOST_OPTIONS] if (line := _line(data, n))]
        axes = [(data.get(f"axis-{n}", ""), data.get(f"axis-{n}-values", "")) for n in range(MOST_AXES)]
        return cls(lines, [(name.strip(), values) for name, values in axes if name.strip()])

    def with_blanks(self) -> Table:
        """Empty rows to type in, so that the page needs no script."""
        if not self.axes:
            self.lines += [Line() for _n in range(BLANK_CHOICES)]
        self.lines += [Line(addon=True) for _n in range(BLANK_ADDONS)]
        return self

    def numbered(self) -> Iterator[tuple[int, Line]]:
        return enumerate(self.lines)

    @property
    def choices(self) -> list[tuple[int, Line]]:
        return [(n, line) for n, line in self.numbered() if not line.addon]

    @property
    def addons(self) -> list[tuple[int, Line]]:
        return [(n, line) for n, line in self.numbered() if line.addon]

    @property
    def axis_rows(self) -> list[tuple[int, str, str]]:
        return [(n, *(self.axes[n] if n < len(self.axes) else ("", ""))) for n in range(MOST_AXES)]

    @property
    def first_values(self) -> list[str]:
        """The values of the first axis, to look at a part of a long table."""
        return list(dict.fromkeys(line.values[0] for line in self.lines if line.values))

    @property
    def filled(self) -> list[Line]:
        return [line for line in self.lines if not line.blank]

    def is_valid(self) -> bool:
        for line in self.filled:
            line.check()
        return not any(line.errors for line in self.lines)

    def rows(self) -> list[GridRow]:
        return [line.row() for line in self.filled]

    @property
    def axis_names(self) -> list[str]:
        """The axes the rows stand on: none when they have no values."""
        return [name for name, _values in self.axes] if any(line.values for line in self.filled) else []

    def combine(self, price: str) -> str:
        """Lay the rows out anew from the axes; those that stay keep what is typed. Returns why not, or nothing."""
        values = [_split(text) for _name, text in self.axes]
        if not self.axes or not all(values):
            return _("축의 이름과 값을 적어 주세요. 예: 색상 — 빨강, 파랑")
        size = 1
        for each in values:
            size *= len(each)
        if size > MOST_OPTIONS:
            return _("조합이 %(n)d개예요. %(most)d개까지 만들 수 있으니 값을 줄여 주세요.") % {
                "n": size,
                "most": MOST_OPTIONS,
            }
        old = [line for line in self.filled if not line.addon]
        known = [(line.values or (line.name.strip(),), _number(line.price)) for line in old]
        made = []
        for variant in rules.variants(values, known, _number(price)):
            line = old[variant.stays] if variant.stays is not None else Line(price=_typed(variant.price))
            line.values, line.name = variant.values, ""
            made.append(line)
        self.lines = [*made, *(line for line in self.filled if line.addon)]
        self.unsaved = True
        return ""

    def change_many(self, data: QueryDict) -> str:
        """One change for the picked rows. Returns why not, or nothing."""
        picked = [line for line in self.filled if line.picked]
        how, amount = data.get("how", ""), _signed(data.get("amount", ""))
        if not picked:
            return _("바꿀 옵션을 먼저 골라 주세요.")
        if how in {"ADD", "SET", "PERCENT", "STOCK"} and amount is None:
            return _("얼마나 바꿀지 숫자로 적어 주세요. 내릴 때는 -1,000처럼 적어요.")
        for line in picked:
            if how in {"ADD", "SET", "PERCENT"}:
                line.price = _typed(max(0, rules.repriced(_number(line.price) or 0, how, amount or 0)))
            elif how == "STOCK":
                line.stock = str(max(0, amount or 0))
            elif how in {"ON", "OFF"}:
                line.on = how == "ON"
            line.picked = False
        if how == "REMOVE":
            self.lines = [line for line in self.lines if line not in picked]
        return ""


def _line(data: QueryDict, n: str) -> Line | None:
    if not n.isdecimal():
        return None
    try:
        kept: Any = json.loads(data.get(f"o{n}", "{}"))
        values = tuple(str(value)[:60] for value in kept.get("values", []))
        return Line(
            int(kept["id"]) if kept.get("id") else None,
            values,
            data.get(f"o{n}-name", "").strip(),
            data.get(f"o{n}-price", "").strip(),
            data.get(f"o{n}-stock", "").strip(),
            int(kept.get("seen") or 0),
            data.get(f"o{n}-code", "").strip(),
            on=f"o{n}-on" in data,
            addon=bool(kept.get("addon")),
            picked=f"o{n}-pick" in data,
        )
    except (ValueError, TypeError, AttributeError):
        return None  # not from our page


def _split(text: str) -> list[str]:
    return list(dict.fromkeys(part.strip() for part in re.split(r"[,\n/]", text) if part.strip()))


def _signed(text: str) -> int | None:
    plain = re.sub(r"[,\s원개%]", "", text).replace("−", "-")
    return int(plain) if re.fullmatch(r"[+-]?\d{1,9}", plain) else None


def _typed(price: int | None) -> str:
    return f"{price:,}" if price is not None else ""


def own_ids(product: Product, lines: Sequence[Line]) -> bool:
    """Every row that names an option names one of this product."""
    ids = {line.id for line in lines if line.id}
    return product.options.filter(pk__in=ids).count() == len(ids)
