"""One way to make a list page."""

from collections import namedtuple
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation
from django.utils.translation import gettext as _
from python_calamine import CalamineWorkbook

from builders import a_person
from dure.kit.clock import KST
from dure.people.models import User
from dure.sites.design.lists import Choice, Column, Days, Empty, Listing
from dure.sites.design.rows import drawn

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 20, 3, tzinfo=UTC)  # noon in Korea


class People(Listing):
    columns = (
        Column("name", "이름", primary=True, sort="name", link=lambda u: f"/people/{u.pk}/"),
        Column("email", "이메일"),
        Column("date_joined", "가입", kind="moment", sort="date_joined"),
        Column("money", "금액", kind="won", value=lambda u: 12_000),
        Column("state", "상태", kind="status", value=lambda u: ("PAID", "결제 완료")),
    )
    search = ("name", "email")
    filters = (Choice("language", "언어", [("ko", "한국어"), ("en", "English")]), Days("date_joined", "가입일"))
    order = "-date_joined"
    per_page = 2
    exports = "people"
    empty = Empty("아직 아무도 없어요", "첫 손님을 기다려요.")


def listing(query="", **also):
    return People(RequestFactory().get(f"/people/{query}"), User.objects.all(), **also)


def page_of(shown):
    return Template("{% list_table listing %}").render(Context({"listing": shown, "request": shown.request}))


@pytest.fixture
def three():
    return [
        a_person(name="가람", language="en", date_joined=NOON),
        a_person(name="나래", date_joined=NOON + timedelta(days=1)),
        a_person(name="=1+1", date_joined=NOON + timedelta(days=2)),
    ]


def names(shown):
    return [u.name for u in shown.found]


def test_words_are_looked_for_in_every_named_column(three):
    assert names(listing("?q=나래")) == ["나래"]
    assert names(listing(f"?q={three[0].email}")) == ["가람"]
    assert names(listing("?q=나래+없는말")) == []


def test_only_declared_columns_sort_and_others_are_ignored(three):
    assert names(listing("?sort=name")) == ["=1+1", "가람", "나래"]
    assert names(listing("?sort=-name"))[0] == "나래"
    assert names(listing("?sort=password")) == names(listing())


def test_filters_narrow_and_nonsense_does_not(three):
    assert names(listing("?language=en")) == ["가람"]
    assert len(names(listing("?language=klingon"))) == 3
    assert len(names(listing("?date_joined_from=yesterday"))) == 3


def test_days_are_korean_and_both_ends_count(three):
    late = datetime(2026, 11, 21, 23, 59, tzinfo=KST)
    User.objects.filter(pk=three[1].pk).update(date_joined=late)
    assert names(listing("?date_joined_from=2026-11-21&date_joined_to=2026-11-21")) == ["나래"]


def test_pages_hold_so_many_rows_and_a_page_beyond_the_last_is_the_last(three):
    assert [u.name for u in listing("?page=2").page] == ["가람"]
    assert listing("?page=99").page.number == 2
    assert listing("?page=x").page.number == 1


def test_a_page_costs_one_count_and_one_read(three, django_assert_num_queries):
    with django_assert_num_queries(2):
        page_of(listing())


def test_cells_are_escaped_linked_and_labelled_for_the_phone(three):
    User.objects.filter(pk=three[0].pk).update(name="<b>가람</b>")
    html = page_of(listing("?sort=date_joined"))
    assert f'<a href="/people/{three[0].pk}/">&lt;b&gt;가람&lt;/b&gt;</a>' in html
    assert 'data-label="이메일"' in html
    assert 'aria-sort="ascending"' in html


def test_nothing_yet_and_nothing_found_are_told_apart(three):
    assert "찾는 것이 없어요" in page_of(listing("?q=없는말"))
    User.objects.all().delete()
    html = page_of(listing())
    assert "아직 아무도 없어요" in html
    assert "첫 손님을 기다려요." in html


def test_excel_holds_every_row_found_with_true_types_and_no_formulas(three):
    response = listing("?sort=date_joined&export=xlsx").respond("never rendered")
    assert "people-" in response["Content-Disposition"]
    sheet = CalamineWorkbook.from_filelike(BytesIO(b"".join(response.streaming_content))).get_sheet_by_index(0)
    rows = sheet.to_python()
    assert rows[0] == ["이름", "이메일", "가입", "금액", "상태"]
    assert [row[0] for row in rows[1:]] == ["가람", "나래", "=1+1"]
    assert rows[1][2] == datetime.fromisoformat("2026-11-20T12:00")
    assert rows[1][3] == 12_000
    assert rows[1][4] == "결제 완료"


def test_excel_honours_the_filters(three):
    response = listing("?language=en&export=xlsx").respond("never rendered")
    sheet = CalamineWorkbook.from_filelike(BytesIO(b"".join(response.streaming_content))).get_sheet_by_index(0)
    assert len(sheet.to_python()) == 2


def test_rows_drawn_from_their_values_alone_are_drawn_anew_when_a_value_or_the_language_changes():
    Row = namedtuple("Row", "pk name tags")
    seen = []
    column = Column("name", "이름", value=lambda row: seen.append(row) or f"{row.name} {_('상품')}")

    def shown(*rows):
        return drawn([column], rows, picked=True, plain="test")

    with translation.override("ko"):
        first = shown(Row(1, "<사과>", [1, 2]), Row(2, "배", None))
        assert "&lt;사과&gt; 상품" in first and 'value="1"' in first
        assert shown(Row(1, "<사과>", [1, 2]), Row(2, "배", None)) == first and len(seen) == 2
        assert "감" in shown(Row(1, "감", [1, 2])) and len(seen) == 3
    with translation.override("en"):
        assert "상품" not in shown(Row(1, "감", [1, 2]))
