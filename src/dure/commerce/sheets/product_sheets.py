"""Products down: an empty sheet to fill in for a category, everything the shop has, or its prices and stock alone.

What goes out comes back as it is: re-uploaded untouched, nothing changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import IO, Any

from django.db.models import Prefetch, QuerySet

from dure.commerce.catalog import notices
from dure.commerce.catalog.models import Category, Option, Product
from dure.commerce.sellers.models import Seller
from dure.commerce.sheets import queries
from dure.commerce.sheets.books import Out
from dure.commerce.sheets.columns import FIELDS, STATUS_HEADER
from dure.kit import audit
from dure.kit.rows import in_chunks
from dure.people.models import User

CHUNK = 500
FILLED_IN = (
    "code", "name", "category", "tagline", "story", "keywords", "axis1", "value1", "axis2", "value2", "axis3", "value3",
    "price", "stock", "option_code", "addon", "tax_class", "origin", "brand", "maker", "kc_numbers", "adults_only",
    "weight_g", "min_per_order", "max_per_order", "max_per_buyer", "lead_days", "sale_from", "sale_until", "notice_type",
)  # fmt: skip
EXPORTED = ("product_id", "option_id", *FILLED_IN[:13], "option_name", *FILLED_IN[13:])
DAILY = ("product_id", "option_id", "code", "option_code", "price", "stock")
NEEDED = {"name", "category", "price"}
TAX_WORDS = {"TAXABLE": "과세", "EXEMPT": "면세", "ZERO": "영세율"}
VALIDATED = 5000

GUIDE = (
    "한 줄이 옵션 하나예요. 옵션이 여럿인 상품은 같은 상품코드(또는 상품명)로 줄을 이어서 적어 주세요.",
    "색이 있는 칸(상품명, 분류, 판매가)은 새 상품에 꼭 필요해요. 나머지는 비워 두어도 돼요.",
    "있는 상품을 고칠 때 빈 칸은 ‘그대로 둠’이에요. 고칠 칸만 적어도 돼요.",
    "판매자 상품코드를 적으면 다음에 같은 코드로 올렸을 때 새로 만들지 않고 그 상품을 고쳐요.",
    "옵션은 세 가지(예: 색상, 크기, 묶음)까지, 모두 500개까지예요.",
    "가격은 ‘12,000원’, ‘12000’처럼 적어도 되고, 날짜는 2026-11-24처럼 적어요.",
    "상품코드처럼 0으로 시작하는 값은 칸 서식을 ‘텍스트’로 두면 0이 사라지지 않아요.",
    "사진은 엑셀로 올릴 수 없어요. 저장한 뒤 상품 화면에서 올려 주세요.",
    "이 양식이 아니어도, 쓰던 엑셀이나 스마트스토어·쿠팡 양식을 그대로 올리면 열을 알아서 찾아요.",
)


def template(category: Category) -> IO[bytes]:
    """An empty sheet with the columns of the category's notice, examples, codes, and how to fill it in."""
    form = notices.form_of(category.notice_type)
    headings = [FIELDS[code].header for code in FILLED_IN] + [queries.notice_header(i.code) for i in form.items]
    out = Out()
    sheet = out.sheet("상품")
    _heads(out, sheet, FILLED_IN, headings)
    out.write(sheet, 0, FILLED_IN.index("category"), FIELDS["category"].header, out.why_head)
    shelves = list(Category.objects.order_by("position", "id"))
    _choices(sheet, len(shelves))
    example = out.sheet("예시")
    _heads(out, example, FILLED_IN, headings)
    for y, cells in enumerate(_examples(category, form), 1):
        for x, code in enumerate(FILLED_IN):
            out.write(example, y, x, cells.get(code))
    _codes(out, shelves)
    guide = out.sheet("안내")
    guide.set_column(0, 0, 100)
    for y, words in enumerate(GUIDE):
        out.write(guide, y, 0, words)
    return out.done()


def _heads(out: Out, sheet: Any, codes: Sequence[str], headings: Sequence[str]) -> None:
    for x, heading in enumerate(headings):
        field = FIELDS[codes[x]] if x < len(codes) else None
        style = out.text if field and field.kind == "code" else None
        sheet.set_column(x, x, field.width if field else 22, style)
        out.write(sheet, 0, x, heading, out.why_head if field and field.code in NEEDED else out.head)
    sheet.freeze_panes(1, 2)


def _choices(sheet: Any, shelves: int) -> None:
    def offer(code: str, source: Any, **more: Any) -> None:
        x = FILLED_IN.index(code)
        sheet.data_validation(
            1, x, VALIDATED, x, {"validate": "list", "source": source, "error_type": "warning", **more}
        )

    offer("category", f"=코드!$B$2:$B${shelves + 1}")
    offer("notice_type", f"=코드!$E$2:$E${len(notices.FORMS) + 1}")
    offer("tax_class", list(TAX_WORDS.values()))
    for flag in ("adults_only", "addon"):
        offer(flag, ["Y", "N"])
    x = FILLED_IN.index("price")
    message = {"error_title": "판매가", "error_message": "10원부터 1억 원까지 적을 수 있어요.", "error_type": "warning"}
    rule = {"validate": "integer", "criteria": "between", "minimum": 10, "maximum": 100_000_000, **message}
    sheet.data_validation(1, x, VALIDATED, x, rule)


def _codes(out: Out, shelves: list[Category]) -> None:
    sheet = out.sheet("코드")
    sheet.set_column(0, 4, 26)
    for x, heading in enumerate(("분류 코드", "분류", "", "고시 양식 코드", "고시 양식")):
        out.write(sheet, 0, x, heading, out.head)
    parents = {shelf.pk: shelf for shelf in shelves}
    forms = list(notices.FORMS.values())
    for y in range(max(len(shelves), len(forms))):
        if y < len(shelves):
            shelf = shelves[y]
            above = parents.get(shelf.parent_id or 0)
            out.write(sheet, y + 1, 0, shelf.code)
            out.write(sheet, y + 1, 1, f"{above.name_ko} > {shelf.name_ko}" if above else shelf.name_ko)
        if y < len(forms):
            out.write(sheet, y + 1, 3, forms[y].code)
            out.write(sheet, y + 1, 4, queries.korean(forms[y].label))


def _examples(category: Category, form: notices.Form) -> Iterator[dict[str, Any]]:
    label = queries.korean(form.label)
    shared = {"category": category.name_ko, "tax_class": "과세", "notice_type": label, "origin": "국내산"}
    yield {
        **shared,
        "code": "A-001",
        "name": "옵션이 없는 상품",
        "price": 12000,
        "stock": 50,
        "story": "두 줄 이상 적어 주세요.",
    }
    for color, size, price, stock in (("빨강", "S", 15000, 10), ("빨강", "L", 16000, 5), ("파랑", "S", 15000, 0)):
        yield {
            **shared, "code": "A-002", "name": "옵션이 두 가지인 상품", "axis1": "색상", "value1": color, "axis2": "크기",
            "value2": size, "price": price, "stock": stock, "option_code": f"A-002-{color}-{size}",
        }  # fmt: skip


def products_out(seller: Seller, products: QuerySet[Product], *, daily: bool = False, by: User | None) -> IO[bytes]:
    """Everything of the products (or prices and stock alone), a row per option. Written on record."""
    out = Out()
    sheet = out.sheet("가격·재고" if daily else "상품")
    codes = DAILY if daily else EXPORTED
    items = [] if daily else _items_used(products)
    headings = [FIELDS[c].header for c in codes] + [queries.notice_header(i) for i in items]
    for x, heading in enumerate([*headings, *(["상품명(참고)", "옵션(참고)"] if daily else []), STATUS_HEADER]):
        field = FIELDS[codes[x]] if x < len(codes) else None
        sheet.set_column(x, x, field.width if field else 22, out.text if field and field.kind == "code" else None)
        out.write(sheet, 0, x, heading, out.head)
    sheet.freeze_panes(1, 0)
    y = 0
    for row in rows(products):
        y += 1
        named = [row["name"], row["option_name"]] if daily else [row["notice"].get(item) for item in items]
        for x, value in enumerate([*(row.get(code) for code in codes), *named, row["status"]]):
            kind = FIELDS[codes[x]].kind if x < len(codes) else "text"
            style = {"won": out.won, "code": out.text}.get(kind)
            out.write(sheet, y, x, value, style if value not in (None, "") else None)
    audit.record("sheets.products_downloaded", seller, by=by, rows=y, daily=daily)
    return out.done()


def rows(products: QuerySet[Product]) -> Iterator[dict[str, Any]]:
    """A row per option that is offered or switched off for a while; a chunk of products in memory at a time."""
    options = Option.objects.exclude(active=False, paused=False).select_related("stock").order_by("position", "id")
    found = products.select_related("category", "sheet_code").prefetch_related(Prefetch("options", options, "on_offer"))
    for chunk in in_chunks(found.order_by("pk").iterator(chunk_size=CHUNK), CHUNK):
        for product in chunk:
            shared = _shared(product)
            for option in product.on_offer:  # type: ignore[attr-defined]
                yield {**shared, **_of_option(product, option)}


def _shared(p: Product) -> dict[str, Any]:
    plain = ("name", "tagline", "story", "keywords", "origin", "brand", "maker", "weight_g", "min_per_order",
             "max_per_order", "max_per_buyer", "lead_days", "notice_type")  # fmt: skip
    return {
        **{name: getattr(p, name) for name in plain},
        "product_id": str(p.pk),
        "code": p.sheet_code.code if hasattr(p, "sheet_code") else "",
        "category": p.category.code,
        "tax_class": TAX_WORDS[p.tax_class],
        "kc_numbers": ", ".join(p.kc_numbers),
        "adults_only": "Y" if p.adults_only else "N",
        "sale_from": _local(p.sale_from),
        "sale_until": _local(p.sale_until),
        "notice": p.notice,
        "status": str(p.get_status_display()),
    }


def _of_option(p: Product, o: Option) -> dict[str, Any]:
    values = {f"value{n}": value for n, value in enumerate(o.values, 1)} if p.axes else {}
    axes = {f"axis{n}": name for n, name in enumerate(p.axes, 1)} if values else {}
    stock = getattr(o, "stock", None)
    return {
        **values,
        **axes,
        "option_id": str(o.pk),
        "option_name": "" if values else o.name,
        "price": o.price,
        "stock": stock.available if stock else 0,
        "option_code": o.seller_code,
        "addon": "Y" if o.addon else "N",
    }


def _local(moment: Any) -> Any:
    return queries.local(moment)[:16].replace("T", " ") if moment else ""  # type: ignore[index]


def _items_used(products: QuerySet[Product]) -> list[str]:
    """Items of the notices that any of the products has filled in, in the order of the forms."""
    types = set(products.order_by().values_list("notice_type", flat=True).distinct())
    used = [item.code for form in notices.FORMS.values() if form.code in types for item in form.items]
    return list(dict.fromkeys(used))
