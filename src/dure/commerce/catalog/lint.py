"""What a reviewer would stumble over, found before anybody asks for the review.

    for finding in check(facts): finding.severity, finding.label, finding.message, finding.anchor

An ERROR stops the review: something the law or the house asks is missing, or two things contradict. A WARN asks to look
again. Each says how to mend it and names the field. Seller, MD and reviewer see the same list. No database in here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from dure.commerce.catalog import blocks as detail
from dure.commerce.catalog import notices
from dure.kit.money import won

ERROR, WARN = "ERROR", "WARN"
FILE = Path(__file__).with_name("claims.txt")
FOOD = {"FOOD", "GENERAL_FOOD", "DIET_FOOD"}
FRESH = {"FOOD"}
SHORTEST_STORY = 20
FEW_PHOTOS, SMALL_PHOTO = 3, 500  # pictures; pixels of the shorter side
SPREAD = 5  # times the cheapest choice
CHEAP, DEAR = 100, 30_000_000  # won: rarely meant
LONG_NAME = 60


@dataclass(frozen=True)
class Finding:
    """`part`: basics, terms, options, photos, notice, story. `anchor`: the id of the field in the seller's editor."""

    code: str
    severity: str
    label: Any
    part: str
    anchor: str
    message: Any = ""
    law: str = ""

    @property
    def stops(self) -> bool:
        return self.severity == ERROR


@dataclass(frozen=True)
class Choice:
    """An option as the check needs it; `left` None when the stock is not known."""

    name: str
    price: int
    on: bool = True
    addon: bool = False
    left: int | None = None


@dataclass(frozen=True)
class Facts:
    """Everything that is told of a product."""

    name: str
    at: datetime
    tagline: str = ""
    story: str = ""
    keywords: str = ""
    notice_type: str = "ETC"
    notice: Mapping[str, str] = field(default_factory=dict)
    options: Sequence[Choice] = ()
    photos: Sequence[tuple[int, int, str]] = ()  # width, height, alt
    blocks: Sequence[Mapping[str, Any]] = ()
    sale_from: datetime | None = None
    sale_until: datetime | None = None
    tax_class: str = "TAXABLE"
    origin: str = ""
    kc_numbers: Sequence[str] = ()
    adults_only: bool = False
    lead_days: int = 0
    needs_kc: bool = False
    needs_origin: bool = False
    shelf_for_adults: bool = False
    shelf_is_a_leaf: bool = True


def check(facts: Facts) -> list[Finding]:
    """In the order of the editor; what stops the review first within each part."""
    found = [
        *_words(facts),
        *_terms(facts),
        *_options(facts),
        *_photos(facts),
        *_notice(facts),
        *_claims(facts),
    ]
    return sorted(found, key=lambda finding: finding.severity != ERROR)


def _words(facts: Facts) -> Iterator[Finding]:
    if not facts.name.strip():
        yield Finding("name", ERROR, _("상품명"), "basics", "words_name", _("상품명을 적어 주세요."))
    if len(facts.story.strip()) < SHORTEST_STORY and not facts.blocks:
        yield Finding(
            "story",
            ERROR,
            _("상품 이야기(20자 이상)"),
            "basics",
            "words_story",
            _("이야기를 20자 이상 적거나 상세설명을 만들어 주세요."),
        )
    if len(facts.name) > LONG_NAME:
        message = _("휴대전화에서는 앞 30자쯤만 보여요. 검색어는 따로 적을 수 있어요.")
        yield Finding("name_long", WARN, _("상품명이 길어요"), "basics", "words_name", message)
    repeated = _repeated(facts.name)
    if repeated:
        message = __("‘%(word)s’가 여러 번 나와요. 한 번만 적어도 검색돼요.") % {"word": repeated}
        yield Finding("name_repeats", WARN, _("상품명에 같은 말이 되풀이돼요"), "basics", "words_name", message)
    if re.search(r"[★☆♥♡※◆■▶→]", facts.name):
        message = _("기호는 검색에 도움이 되지 않고 읽어 주는 프로그램이 소리 내어 읽어요.")
        yield Finding("name_symbols", WARN, _("상품명에 꾸밈 기호가 있어요"), "basics", "words_name", message)
    if not facts.shelf_is_a_leaf:
        message = _("더 꼭 맞는 분류를 고르면 손님이 쉽게 찾아요.")
        yield Finding("category", WARN, _("분류가 넓어요"), "basics", "words_category", message)


def _repeated(name: str) -> str:
    words = [word for word in re.findall(r"\w{2,}", name)]
    return next((word for word in words if words.count(word) > 2), "")


def _terms(facts: Facts) -> Iterator[Finding]:
    if facts.sale_until and facts.sale_until <= facts.at:
        message = _("판매 끝을 앞으로의 때로 바꾸거나 비워 주세요.")
        yield Finding("sale_until", ERROR, _("판매 기간이 이미 지났어요"), "terms", "terms_sale_until", message)
    if facts.sale_from and facts.sale_from > facts.at + timedelta(days=90):
        message = _("시작하는 때가 석 달 뒤예요. 맞는지 확인해 주세요.")
        yield Finding("sale_from", WARN, _("판매 시작이 멀어요"), "terms", "terms_sale_from", message)
    if facts.shelf_for_adults and not facts.adults_only:
        message = _("이 분류의 상품은 미성년자에게 팔 수 없어요. ‘미성년자 구매 불가’를 켜 주세요.")
        yield Finding(
            "adults",
            ERROR,
            _("미성년자 구매 불가 표시"),
            "terms",
            "terms_adults_only",
            message,
            law="청소년 보호법 제28조",
        )
    form = notices.form_of(facts.notice_type)
    said_there = form.item("origin") or form.item("ingredients_origin")  # whose absence the notice tells of
    if facts.needs_origin and not facts.origin.strip() and not said_there:
        message = _(
            "국내산은 시·군까지, 수입산은 나라 이름을 적어요. 가공식품은 많이 쓴 원료 세 가지의 원산지를 적어요."
        )
        yield Finding(
            "origin",
            ERROR,
            _("원산지"),
            "terms",
            "terms_origin",
            message,
            law="농수산물의 원산지 표시 등에 관한 법률 제5조",
        )
    ingredients = facts.notice.get("ingredients_origin", "")
    if ingredients and not re.search(r"산|원양|해역", ingredients):
        message = _("원료마다 원산지를 괄호에 적어요. 예: 배추 70%(국내산)")
        yield Finding(
            "ingredients",
            WARN,
            _("원료의 원산지"),
            "notice",
            "notice_ingredients_origin",
            message,
            law="원산지표시법 제5조",
        )
    if facts.needs_kc and not facts.kc_numbers:
        none_needed = facts.notice.get("kc") == notices.NOT_APPLICABLE
        message = (
            _("고시에 KC 인증이 ‘해당 없음’이라고 적었어요. 정말 대상이 아닌지 확인해 주세요.")
            if none_needed
            else _(
                "이 분류의 상품은 대개 KC 인증 대상이에요. 번호를 적거나, 대상이 아니면 고시의 KC 항목에서 ‘해당 없음’을 골라 주세요."
            )
        )
        yield Finding(
            "kc",
            WARN if none_needed else ERROR,
            _("KC 인증번호"),
            "terms",
            "terms_kc_numbers",
            message,
            law="전기생활용품안전법 제9조, 어린이제품법 제24조",
        )
    if facts.notice_type in FRESH and facts.tax_class == "TAXABLE":
        message = _("가공하지 않은 농·축·수산물은 부가세가 면제돼요. 맞는지 확인해 주세요.")
        yield Finding("tax_fresh", WARN, _("과세 구분"), "terms", "terms_tax_class", message, law="부가가치세법 제26조")
    if facts.lead_days > 30:
        message = _("한 달이 넘게 걸려요. 손님이 기다릴 수 있게 까닭을 이야기에 적어 주세요.")
        yield Finding("lead_days", WARN, _("제작 기간이 길어요"), "terms", "terms_lead_days", message)


def _options(facts: Facts) -> Iterator[Finding]:
    choices = [choice for choice in facts.options if not choice.addon]
    on = [choice for choice in choices if choice.on]
    if not on:
        message = _("파는 옵션이 하나는 있어야 해요.") if choices else _("옵션과 판매가를 적어 주세요.")
        yield Finding("options", ERROR, _("옵션과 판매가"), "options", "options", message)
        return
    for choice in on:
        if choice.price < CHEAP:
            message = __("‘%(name)s’가 %(price)s이에요. 0이 빠지지 않았나요?") % {
                "name": choice.name,
                "price": won(choice.price),
            }
            yield Finding("price_low", WARN, _("판매가가 너무 낮아요"), "options", "options", message)
            break
    for choice in on:
        if choice.price > DEAR:
            message = __("‘%(name)s’가 %(price)s이에요. 0이 더 붙지 않았나요?") % {
                "name": choice.name,
                "price": won(choice.price),
            }
            yield Finding("price_high", WARN, _("판매가가 너무 높아요"), "options", "options", message)
            break
    low, high = min(c.price for c in on), max(c.price for c in on)
    if high > low * SPREAD:
        message = __(
            "가장 싼 %(low)s과 가장 비싼 %(high)s이 한 상품에 있어요. 싼 값만 보고 온 손님이 실망하니 상품을 나누어 주세요."
        ) % {
            "low": won(low),
            "high": won(high),
        }
        yield Finding("spread", WARN, _("옵션 값의 차이가 커요"), "options", "options", message)
    if all(choice.left == 0 for choice in on):
        message = _("심사를 통과해도 바로 품절로 보여요. 재고를 적어 주세요.")
        yield Finding("stock", WARN, _("재고가 없어요"), "options", "options", message)
    idle = [choice for choice in choices if not choice.on and choice.left]
    if idle:
        message = __("‘%(name)s’ 등 %(n)d개는 재고가 있는데 꺼져 있어요.") % {"name": idle[0].name, "n": len(idle)}
        yield Finding("stock_off", WARN, _("재고가 있는데 팔지 않아요"), "options", "options", message)


def _photos(facts: Facts) -> Iterator[Finding]:
    if not facts.photos:
        message = _("밝은 곳에서 상품이 화면 가득 차게 찍은 사진을 올려 주세요.")
        yield Finding("photos", ERROR, _("사진 1장 이상"), "photos", "photos", message)
        return
    if len(facts.photos) < FEW_PHOTOS:
        message = _("앞, 옆, 쓰는 모습까지 세 장이 넘으면 더 믿음이 가요.")
        yield Finding("photos_few", WARN, _("사진이 적어요"), "photos", "photos", message)
    small = [n for n, (width, height, _alt) in enumerate(facts.photos, 1) if width and min(width, height) < SMALL_PHOTO]
    if small:
        message = __("%(n)d번째 사진이 작아서 흐리게 보여요. 짧은 쪽이 %(side)d픽셀이 넘는 사진으로 바꿔 주세요.") % {
            "n": small[0],
            "side": SMALL_PHOTO,
        }
        yield Finding("photos_small", WARN, _("사진이 작아요"), "photos", "photos", message)
    bare = [
        n for n, (_w, _h, alt) in enumerate(facts.photos, 1) if not alt.strip() or alt.strip() == facts.name.strip()
    ]
    if bare:
        message = __("%(n)d번째 사진에 무엇이 보이는지 적어 주세요. 사진을 볼 수 없는 손님에게 읽어 줘요.") % {
            "n": bare[0]
        }
        yield Finding("alt", WARN, _("사진 설명이 없어요"), "photos", "photos", message)


def _notice(facts: Facts) -> Iterator[Finding]:
    for item in notices.missing(facts.notice_type, facts.notice):
        yield Finding(
            f"notice.{item.code}",
            ERROR,
            item.label,
            "notice",
            f"notice_{item.code}",
            item.help,
            law="전자상거래법 제13조 제4항",
        )
    told = len(facts.story.strip()) >= SHORTEST_STORY or bool(facts.blocks)
    for item, allowed in notices.cautions(facts.notice_type, facts.notice):
        if not allowed:
            message = _("이 항목은 상세설명으로 미룰 수 없어요. 여기에 바로 적어 주세요.")
        elif not told:
            message = _("상세설명을 보라고 했는데 상세설명이 비어 있어요.")
        else:
            message = _("여기에 적으면 손님이 찾아 헤매지 않아요. 상세설명에 정말 있는지 확인해 주세요.")
        stops = not allowed or not told
        yield Finding(
            f"elsewhere.{item.code}",
            ERROR if stops else WARN,
            __("‘상세설명 참조’: %(item)s") % {"item": item.label},
            "notice",
            f"notice_{item.code}",
            message,
            law="상품정보제공고시" if stops else "",
        )


# ── Claims ───────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Claim:
    scope: str
    pattern: re.Pattern[str]
    severity: str
    law: str
    why: str
    why_en: str


@cache
def claims() -> tuple[Claim, ...]:
    """The words of `claims.txt`."""
    found = []
    for line in FILE.read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            scope, rest = line.split(" | ", 1)
            pattern, severity, law, why, why_en = rest.rsplit(" | ", 4)
            shape = re.compile(pattern.strip().replace(" ", r"\s*"), re.IGNORECASE)
            found.append(
                Claim(scope.strip(), shape, severity.strip().upper(), law.strip(), why.strip(), why_en.strip())
            )
    return tuple(found)


def _scopes(notice_type: str) -> set[str]:
    if notice_type in FOOD:
        return {"any", "food"}
    if notice_type == "COSMETIC":
        return {"any", "cosmetic"}
    return {"any"} if notice_type == "MEDICAL_APPLIANCES" else {"any", "goods"}


DENIED = re.compile(
    r"\s*(이|가|은|는|을|를|에|으로|로|의)?[^.!?\n]{0,24}(아닙니다|아니에요|아니며|아님|없습니다|않습니다|않아요|마세요|금지)"
)
ITS_OWN = {
    "not_medicine",
    "caution",
    "function",
    "functional",
    "certificate",
    "intake",
    "cancellation",
    "refund",
    "warranty",
}


def _claims(facts: Facts) -> Iterator[Finding]:
    """One finding per rule, at the first place where it is broken; a sentence that denies it breaks nothing."""
    scopes = _scopes(facts.notice_type)
    places = list(_places(facts))
    for number, claim in enumerate(claims()):
        if claim.scope not in scopes:
            continue
        for part, anchor, text in places:
            match = claim.pattern.search(text)
            if not match or not match[0].strip() or DENIED.match(text, match.end()):
                continue
            label = __("쓸 수 없는 말: ‘%(word)s’") if claim.severity == ERROR else __("확인할 말: ‘%(word)s’")
            yield Finding(
                f"claim.{number}",
                claim.severity,
                label % {"word": match[0].strip()},
                part,
                anchor,
                claim.why_en if get_language() == "en" else claim.why,
                law=claim.law,
            )
            break


def _places(facts: Facts) -> Iterable[tuple[str, str, str]]:
    yield "basics", "words_name", facts.name
    yield "basics", "words_tagline", facts.tagline
    yield "basics", "words_story", facts.story
    yield "basics", "words_keywords", facts.keywords
    for choice in facts.options:
        yield "options", "options", choice.name
    for number, text in detail.words(facts.blocks):
        yield "story", f"block-{number}", text
    for code, text in facts.notice.items():
        if code not in ITS_OWN:
            yield "notice", f"notice_{code}", text
