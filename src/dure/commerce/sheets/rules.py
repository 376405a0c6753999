"""What a row of a product sheet says, which rows are one product, and what that would change. Pure.

    for entry in entries(rows, columns, known): ...      # rows into products, mistakes beside their cells
    compare(entry, product)                              # what would change, field by field

An empty cell says nothing: what stands in the shop stays. A mistake is a code with what it needs for its sentence
(`words.py` has them), and the row and field it stands beside.
"""

from __future__ import annotations

import dataclasses
import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dure.commerce.catalog.rules import kc_number
from dure.commerce.sheets.columns import FIELDS, NOTICE, folded
from dure.kit.clock import KST
from dure.kit.excel import ERRORS, BadCell, blank, day, text, whole

MOST_OPTIONS = 500
LIMITS = {  # letters
    "name": 100,
    "tagline": 120,
    "story": 20_000,
    "keywords": 200,
    "code": 40,
    "option_code": 40,
    "option_name": 60,
    "origin": 200,
    "brand": 60,
    "maker": 60,
}
RANGES = {  # won, pieces, days, grams
    "price": (10, 100_000_000),
    "stock": (0, 1_000_000),
    "min_per_order": (1, 9_999),
    "max_per_order": (1, 9_999),
    "max_per_buyer": (1, 9_999),
    "lead_days": (0, 365),
    "weight_g": (1, 10_000_000),
}
TAX = {
    "taxable": "TAXABLE",
    "과세": "TAXABLE",
    "과세상품": "TAXABLE",
    "exempt": "EXEMPT",
    "면세": "EXEMPT",
    "면세상품": "EXEMPT",
    "비과세": "EXEMPT",
    "zero": "ZERO",
    "영세": "ZERO",
    "영세율": "ZERO",
    "영세상품": "ZERO",
}
YES = {"y", "yes", "예", "o", "true", "1", "사용", "있음", "가능", "맞음", "성인"}
NO = {"n", "no", "아니요", "아니오", "x", "false", "0", "미사용", "없음", "불가", "아님", "일반"}
ONE = "기본"  # the option of a product that has no choice


@dataclass(frozen=True)
class Known:
    """What the rules look up. Names are folded (`columns.folded`)."""

    categories: Mapping[str, str] = dataclasses.field(default_factory=dict)  # {name or path or code: code}
    notice_of: Mapping[str, str] = dataclasses.field(default_factory=dict)  # {category code: form code}
    notice_forms: Mapping[str, str] = dataclasses.field(default_factory=dict)  # {form name or code: form code}
    notice_wrong: Callable[[str, dict[str, str]], Mapping[str, str]] | None = None
    category: str = ""  # of new products whose row names none that we know


@dataclass
class Wrong:
    """A mistake of one cell. `params` are for its sentence."""

    row: int
    field: str
    code: str
    params: dict[str, Any] = dataclasses.field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {"row": self.row, "field": self.field, "code": self.code, "params": self.params}


@dataclass
class Entry:
    """All that a sheet says of one product (or, in a sheet without names, of one option)."""

    key: str
    rows: list[int]
    product: dict[str, Any]
    options: list[dict[str, Any]]
    wrong: list[Wrong] = dataclasses.field(default_factory=list)

    @property
    def wanted(self) -> dict[str, Any]:
        return {"product": self.product, "options": self.options}


# ── A row ────────────────────────────────────────────────────────────────────────────────────────────────────────


def read_row(number: int, cells: list[Any], columns: Mapping[str, int], known: Known) -> Entry:
    """One row by itself."""
    entry = Entry("", [number], {}, [])
    said: dict[str, Any] = {}
    for code, column in columns.items():
        cell = cells[column] if column < len(cells) else ""
        if cell == "" or cell is None:
            continue
        try:
            value = _value(code, cell)
        except BadCell as bad:
            entry.wrong.append(Wrong(number, code, bad.code, {"seen": bad.seen[:60]}))
            continue
        if value is None or value == "":
            continue
        if mistake := _out_of_bounds(code, value):
            entry.wrong.append(Wrong(number, code, *mistake))
            continue
        said[code] = value
    _product(entry, said, known)
    _options(entry, said)
    return entry


def _value(code: str, cell: Any) -> Any:
    kind = "text" if code.startswith(NOTICE) else FIELDS[code].kind
    if kind in ("whole", "won"):
        return whole(cell)
    if kind == "day":
        moment = day(cell)
        return moment.replace(tzinfo=KST).isoformat() if moment else None
    words = text(cell)
    if words in ERRORS:
        raise BadCell("formula_error", words)
    if kind == "code":
        return words.removeprefix("'")
    if kind == "flag":
        if words.casefold() in YES:
            return True
        if words.casefold() in NO:
            return False
        raise BadCell("not_flag", words)
    if code == "tax_class":
        if folded(words) not in TAX:
            raise BadCell("not_tax", words)
        return TAX[folded(words)]
    return words


def _out_of_bounds(code: str, value: Any) -> tuple[str, dict[str, Any]] | None:
    if code in RANGES:
        low, high = RANGES[code]
        if not low <= value <= high:
            return "out_of_range", {"low": low, "high": high, "seen": value}
    if code in LIMITS and len(value) > LIMITS[code]:
        return "too_long", {"most": LIMITS[code], "seen": len(value)}
    if code.startswith(NOTICE) and len(value) > 1000:
        return "too_long", {"most": 1000, "seen": len(value)}
    if code in ("product_id", "option_id") and not (value.isdecimal() and len(value) < 18):
        return "not_an_id", {"seen": value[:30]}
    return None


PLAIN = ("name", "tagline", "story", "keywords", "code", "tax_class", "origin", "brand", "maker", "weight_g",
         "min_per_order", "max_per_order", "max_per_buyer", "lead_days", "sale_from", "sale_until", "adults_only")  # fmt: skip


def _product(entry: Entry, said: dict[str, Any], known: Known) -> None:
    number, product = entry.rows[0], entry.product
    product.update({name: said[name] for name in PLAIN if name in said})
    if "product_id" in said:
        product["id"] = int(said["product_id"])
    if "minors_may" in said and "adults_only" not in said:
        product["adults_only"] = not said["minors_may"]
    if "kc_numbers" in said:
        told = [n.strip() for n in re.split(r"[,\n;]", said["kc_numbers"]) if n.strip()]
        product["kc_numbers"] = list(dict.fromkeys(n for n in map(kc_number, told) if n))
        if bad := next((n for n in told if kc_number(n) is None), ""):
            entry.wrong.append(Wrong(number, "kc_numbers", "bad_kc", {"seen": bad[:40]}))
    if "category" in said:
        code = known.categories.get(folded(said["category"].replace(">", "")))
        if code:
            product["category"] = code
        elif not known.category:
            entry.wrong.append(Wrong(number, "category", "unknown_category", {"seen": said["category"][:60]}))
    if "notice_type" in said:
        form = known.notice_forms.get(folded(said["notice_type"]))
        if form:
            product["notice_type"] = form
        else:
            entry.wrong.append(Wrong(number, "notice_type", "unknown_notice", {"seen": said["notice_type"][:60]}))
    notice = {code.removeprefix(NOTICE): words for code, words in said.items() if code.startswith(NOTICE)}
    if notice:
        product["notice"] = notice
        form = product.get("notice_type") or known.notice_of.get(product.get("category", known.category), "")
        found = known.notice_wrong(form, notice) if form and known.notice_wrong else {}
        for item, sentence in found.items():
            entry.wrong.append(Wrong(number, NOTICE + item, "said", {"sentence": str(sentence)}))
    least = product.get("min_per_order", 1)
    for limit in ("max_per_order", "max_per_buyer"):
        if limit in product and product[limit] < least:
            entry.wrong.append(Wrong(number, limit, "below_least", {"least": least}))
    if "sale_from" in product and "sale_until" in product and product["sale_until"] <= product["sale_from"]:
        entry.wrong.append(Wrong(number, "sale_until", "ends_before_it_begins"))


def _options(entry: Entry, said: dict[str, Any]) -> None:
    """The options a row names: one, or all of them (Naver's 옵션명, 옵션값, 옵션가, 옵션 재고수량)."""
    number = entry.rows[0]
    if "whole_values" in said:
        _whole(entry, said)
        return
    option: dict[str, Any] = {"row": number}
    for name in ("price", "stock", "addon", "option_name"):
        if name in said:
            option[name] = said[name]
    if "option_id" in said:
        option["id"] = int(said["option_id"])
    if "option_code" in said:
        option["seller_code"] = said["option_code"]
    values = [said[f"value{n}"] for n in (1, 2, 3) if f"value{n}" in said]
    axes = [said[f"axis{n}"] for n in (1, 2, 3) if f"axis{n}" in said]
    if values:
        option["values"] = values
        if axes and len(axes) != len(values):
            entry.wrong.append(Wrong(number, f"value{len(values)}", "axes_and_values", {}))
        elif axes:
            entry.product["axes"] = axes
    if len(option) > 1:
        entry.options.append(option)


def _whole(entry: Entry, said: dict[str, Any]) -> None:
    number = entry.rows[0]
    axes = [a.strip() for a in said.get("whole_axes", "").splitlines() if a.strip()]
    lines = [[v.strip() for v in line.split(",") if v.strip()] for line in said["whole_values"].splitlines()]
    values = [line for line in lines if line]
    if len(values) > 3 or len(axes) != len(values):
        entry.wrong.append(Wrong(number, "whole_values", "axes_and_values", {}))
        return
    if said.get("whole_form", "") == "단독형" and len(values) > 1:
        entry.wrong.append(Wrong(number, "whole_form", "single_form", {}))
        return
    together = list(itertools.islice(itertools.product(*values), MOST_OPTIONS + 1))
    if len(together) > MOST_OPTIONS:
        entry.wrong.append(Wrong(number, "whole_values", "too_many_options", {"most": MOST_OPTIONS}))
        return
    extras = _numbers(entry, said, "whole_extras", len(together))
    stocks = _numbers(entry, said, "whole_stocks", len(together))
    entry.product["axes"] = axes
    for i, chosen in enumerate(together):
        option: dict[str, Any] = {"row": number, "values": list(chosen)}
        if "price" in said:
            option["price"] = said["price"] + (extras[i] if extras else 0)
            if not RANGES["price"][0] <= option["price"] <= RANGES["price"][1]:
                low, high = RANGES["price"]
                found = {"low": low, "high": high, "seen": option["price"]}
                entry.wrong.append(Wrong(number, "whole_extras", "out_of_range", found))
                return
        if stocks:
            option["stock"] = stocks[i]
        elif "stock" in said and len(together) == 1:
            option["stock"] = said["stock"]
        entry.options.append(option)


def _numbers(entry: Entry, said: dict[str, Any], code: str, wanted: int) -> list[int]:
    if code not in said:
        return []
    try:
        numbers = [whole(part) or 0 for line in said[code].splitlines() for part in line.split(",")]
    except BadCell as bad:
        entry.wrong.append(Wrong(entry.rows[0], code, bad.code, {"seen": bad.seen[:60]}))
        return []
    if len(numbers) != wanted:
        entry.wrong.append(Wrong(entry.rows[0], code, "not_as_many", {"wanted": wanted, "seen": len(numbers)}))
        return []
    return numbers


# ── Rows of one product ──────────────────────────────────────────────────────────────────────────────────────────


def entries(rows: Iterable[tuple[int, list[Any]]], columns: Mapping[str, int], known: Known) -> Iterator[Entry]:
    """Rows into products. Neighbouring rows of one product are one entry; a row without a name goes with the one above.

    A sheet that has no column of names changes what there is: each row is an entry of its own.
    """
    names = "name" in columns
    seen: dict[str, int] = {}
    held: Entry | None = None
    for number, cells in rows:
        if blank(cells):
            continue
        row = read_row(number, cells, columns, known)
        row.key = _key(row, names)
        if names and held and _same(held, row):
            _join(held, row)
            continue
        if held:
            yield held
        held = row
        if not row.key:
            if not row.wrong:
                row.wrong.append(Wrong(number, "code" if "code" in columns else "name", "no_key"))
            continue
        if row.key in seen:
            row.wrong.append(Wrong(number, key_field(row), "twice", {"row": seen[row.key]}))
        else:
            seen[row.key] = number
    if held:
        yield held


def _key(row: Entry, names: bool) -> str:
    product, option = row.product, row.options[0] if row.options else {}
    if not names:
        if "id" in option:
            return f"option {option['id']}"
        if "seller_code" in option:
            return f"option code {option['seller_code']}"
    which = [] if names else [*option.get("values", []), option.get("option_name", "")]
    end = "\x1f".join(filter(None, ["", *which]))
    if "id" in product:
        return f"product {product['id']}{end}"
    if "code" in product:
        return f"code {product['code']}{end}"
    if "name" in product:
        return f"name {product['name']}{end}"
    return ""


def _same(held: Entry, row: Entry) -> bool:
    """The row goes on with the product above: by its key, by its name alone, or by naming nothing but an option."""
    if not row.key:
        return bool(row.options) and bool(held.key)
    named = row.product.get("name") if row.key.startswith("name ") else None
    return row.key == held.key or (named is not None and named == held.product.get("name"))


def key_field(row: Entry) -> str:
    kind = row.key.split(" ")[0]
    if kind == "option":
        return "option_id" if row.options and "id" in row.options[0] else "option_code"
    return {"product": "product_id", "code": "code"}.get(kind, "name")


def _join(held: Entry, row: Entry) -> None:
    """Another row of the same product: its options; what it says of the product must not contradict."""
    held.rows += row.rows
    held.wrong += row.wrong
    for name, value in row.product.items():
        known = held.product.setdefault(name, value)
        if known != value:
            held.wrong.append(Wrong(row.rows[0], _field_of(name), "contradicts", {"row": held.rows[0]}))
    held.options += row.options


def _field_of(name: str) -> str:
    return {"axes": "axis1", "notice": "notice_type", "id": "product_id"}.get(name, name)


# ── What would change ────────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Change:
    """`option`: its id; None with the index in `wanted` for one that is new (field "option"); None: of the product."""

    field: str
    before: Any
    after: Any
    option: int | None = None
    label: str = ""
    review: bool = False  # the house reads it first
    row: int = 0

    def as_json(self) -> dict[str, Any]:
        found = {"field": self.field, "before": self.before, "after": self.after}
        if self.option is not None:
            found["option"] = self.option
        if self.label:
            found["label"] = self.label
        if self.review:
            found["review"] = True
        return found


CLOSED = {"ENDED", "PROHIBITED"}
COMPARED = ("name", "tagline", "story", "keywords", "tax_class", "origin", "brand", "maker", "weight_g", "category",
            "min_per_order", "max_per_order", "max_per_buyer", "lead_days", "sale_from", "sale_until", "adults_only",
            "kc_numbers", "notice_type", "code")  # fmt: skip


def check_new(entry: Entry, known: Known) -> None:
    """What a product that is not there yet cannot do without."""
    row, product = entry.rows[0], entry.product
    if "name" not in product and not any(w.field == "name" for w in entry.wrong):
        entry.wrong.append(Wrong(row, "name", "needed"))
    if "category" not in product:
        if known.category:
            product["category"] = known.category
        elif not any(w.field == "category" for w in entry.wrong):
            entry.wrong.append(Wrong(row, "category", "needed"))
    if not entry.options:
        entry.options.append({"row": row})
    names: set[str] = set()
    for option in entry.options:
        if "price" not in option and not _blamed(entry, option["row"], "price"):
            entry.wrong.append(Wrong(option["row"], "price", "needed"))
        if "id" in option:
            entry.wrong.append(Wrong(option["row"], "option_id", "unknown_option", {"seen": str(option["id"])}))
        name = option_name(option)
        if name in names:
            where = "value1" if option.get("values") else "option_name"
            entry.wrong.append(Wrong(option["row"], where, "same_option", {"name": name}))
        names.add(name)
    _check_axes(entry, product.get("axes", []))
    if len(entry.options) > MOST_OPTIONS:
        entry.wrong.append(Wrong(row, "value1", "too_many_options", {"most": MOST_OPTIONS}))
    if len(entry.options) == 1 and "code" in product:
        entry.options[0].setdefault("seller_code", product["code"])


def _blamed(entry: Entry, row: int, code: str) -> bool:
    return any(w.row == row and w.field == code for w in entry.wrong)


def _check_axes(entry: Entry, axes: list[str]) -> None:
    if axes and len(set(axes)) != len(axes):
        entry.wrong.append(Wrong(entry.rows[0], "axis1", "same_axis", {}))
    for option in entry.options:
        if option.get("addon"):
            continue
        if len(option.get("values", [])) != len(axes):
            entry.wrong.append(Wrong(option["row"], "value1", "axes_and_values", {}))


def option_name(option: Mapping[str, Any]) -> str:
    """What a buyer reads of an option: its values, or its name."""
    return " / ".join(option.get("values", [])) or str(option.get("option_name") or ONE)


def compare(entry: Entry, there: Mapping[str, Any]) -> list[Change]:
    """What the entry would change of the product `there` (see `queries.snapshots`); mistakes go to `entry.wrong`."""
    if there["status"] in CLOSED:
        entry.wrong.append(Wrong(entry.rows[0], "product_id", "closed"))
        return []
    _code_of_an_option(entry, there)
    found = [
        Change(name, there[name], entry.product[name], review=name in there["reviewed"])
        for name in COMPARED
        if name in entry.product and entry.product[name] != there[name]
    ]
    if "notice" in entry.product:
        texts = {**there["notice"], **entry.product["notice"]}
        if texts != there["notice"]:
            found.append(Change("notice", there["notice"], texts, review="notice" in there["reviewed"]))
    _check_limits(entry, there)
    if (axes := entry.product.get("axes")) and axes != there["axes"]:
        entry.wrong.append(Wrong(entry.rows[0], "axis1", "other_axes", {"axes": ", ".join(there["axes"]) or "-"}))
        return found
    touched: set[int] = set()
    for wanted in entry.options:
        found += _compare_option(entry, wanted, there, touched)
    return found


def _code_of_an_option(entry: Entry, there: Mapping[str, Any]) -> None:
    """A column of codes may hold those of options: the row means that option, and the product keeps its own code."""
    code = entry.product.get("code")
    if code and code != there["code"] and any(option["seller_code"] == code for option in there["options"]):
        del entry.product["code"]
        for option in entry.options:
            option.setdefault("seller_code", code)


def _check_limits(entry: Entry, there: Mapping[str, Any]) -> None:
    """Limits the sheet names must agree with those it leaves as they are."""
    then = {**there, **{name: entry.product[name] for name in COMPARED if name in entry.product}}
    row = entry.rows[0]
    for limit in ("max_per_order", "max_per_buyer"):
        if then[limit] is not None and then[limit] < then["min_per_order"]:
            field_ = limit if limit in entry.product else "min_per_order"
            if not _blamed(entry, row, field_):
                entry.wrong.append(Wrong(row, field_, "below_least", {"least": then["min_per_order"]}))
    begin, end = moment(then["sale_from"]), moment(then["sale_until"])
    if begin and end and end <= begin and not _blamed(entry, row, "sale_until"):
        entry.wrong.append(Wrong(row, "sale_until", "ends_before_it_begins"))


JUMP = 3


def jumps(changes: Iterable[Change]) -> bool:
    """A price three times what it was or more, or a third or less: worth a second look."""
    prices = [(c.before, c.after) for c in changes if c.field == "price" and c.before]
    return any(after >= before * JUMP or after * JUMP <= before for before, after in prices)


OPTION_FIELDS = ("price", "stock", "seller_code", "addon")


def _compare_option(entry: Entry, wanted: dict[str, Any], there: Mapping[str, Any], touched: set[int]) -> list[Change]:
    row = wanted["row"]
    option = _which(entry, wanted, there["options"])
    if option is None:
        return []
    if option == {}:  # one that is not there yet
        if "price" not in wanted and not _blamed(entry, row, "price"):
            entry.wrong.append(Wrong(row, "price", "needed"))
        if len(wanted.get("values", [])) != len(there["axes"]) and not wanted.get("addon"):
            entry.wrong.append(Wrong(row, "value1", "other_axes", {"axes": ", ".join(there["axes"]) or "-"}))
        return [Change("option", None, wanted, label=option_name(wanted), row=row)]
    if option["id"] in touched:
        entry.wrong.append(Wrong(row, "value1", "same_option", {"name": option["name"]}))
        return []
    touched.add(option["id"])
    return [
        Change(name, option[name], wanted[name], option=option["id"], label=option["name"], row=row)
        for name in OPTION_FIELDS
        if name in wanted and wanted[name] != option[name]
    ]


def _which(entry: Entry, wanted: Mapping[str, Any], options: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The option a row means; {} for a new one; None (with a mistake) when it cannot be told."""
    row = wanted["row"]
    if "id" in wanted:
        found = [o for o in options if o["id"] == wanted["id"]]
        if not found:
            entry.wrong.append(Wrong(row, "option_id", "unknown_option", {"seen": str(wanted["id"])}))
        return found[0] if found else None
    if wanted.get("values") or wanted.get("option_name"):
        name, values = option_name(wanted), wanted.get("values")
        found = [o for o in options if (values and o["values"] == values) or o["name"] == name]
        if not found and "seller_code" in wanted:
            found = [o for o in options if o["seller_code"] == wanted["seller_code"]]
        return found[0] if found else {}
    if "seller_code" in wanted:
        found = [o for o in options if o["seller_code"] == wanted["seller_code"]]
        if found:
            return found[0]
    if len(options) == 1:
        return options[0]
    entry.wrong.append(Wrong(row, "value1", "which_option", {"n": len(options)}))
    return None


def moment(words: str | None) -> datetime | None:
    """A time as the entry keeps it."""
    return datetime.fromisoformat(words) if words else None
