"""The components: what they say, and what they never let through."""

import pytest
from django import forms
from django.contrib.messages import get_messages
from django.template import Context, Template
from django.test import RequestFactory

from dure.sites.design import charts
from dure.sites.design.templatetags import ui


def drawn(source, **context):
    context.setdefault("request", RequestFactory().get("/here/?q=귤&page=3"))
    return Template(source).render(Context(context))


class Form(forms.Form):
    name = forms.CharField(label="이름", help_text="간판에 적힌 그대로")
    route = forms.ChoiceField(label="방법", choices=[("A", "가"), ("B", "나")], widget=forms.RadioSelect)
    agree = forms.BooleanField(label="동의")
    memo = forms.CharField(label="메모", required=False, widget=forms.Textarea)


def test_a_field_ties_label_help_and_error_to_its_control():
    form = Form({"name": ""})
    form.is_valid()
    html = drawn("{% field form.name %}", form=form)
    assert '<label class="field__label" for="id_name">이름' in html
    assert 'aria-describedby="id_name-help id_name-error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_name-error"' in html


def test_a_form_that_comes_back_loses_nothing_typed():
    form = Form({"name": "", "memo": "문 앞에 <b>놓아</b> 주세요", "route": "B"})
    form.is_valid()
    html = drawn("{% form_fields form %}", form=form)
    assert "문 앞에 &lt;b&gt;놓아&lt;/b&gt; 주세요" in html
    assert 'value="B" id="id_route_1" required checked' in html or 'value="B" required id="id_route_1" checked' in html


def test_optional_fields_say_so():
    assert "optional" in drawn("{% field form.memo %}", form=Form())
    assert "optional" not in drawn("{% field form.name %}", form=Form())


def test_a_price_shows_how_much_it_fell():
    html = ui.price(19_900, 28_000)
    assert "28%" in html
    assert "19,900원" in html
    assert "<del>" not in ui.price(8_000, 8_000)


def test_a_status_takes_its_tone_from_the_code_and_escapes_its_words():
    assert "status--good" in ui.status("PAID", "결제 완료")
    assert "status--live" in ui.status("ON_AIR", "방송 중")
    assert "&lt;i&gt;" in ui.status("WHATEVER", "<i>")


def test_a_name_is_masked_for_strangers():
    assert [ui.masked(name) for name in ("김두레", "이산", "남궁민수빈")] == ["김**", "이*", "남**"]


def test_a_link_keeps_the_rest_of_the_question():
    html = drawn('{% with_query sort="cheap" page="" %}')
    assert "sort=cheap" in html
    assert "page" not in html
    assert "q=%EA%B7%A4" in html


def test_the_page_belongs_to_the_longest_address_it_begins_with():
    request = RequestFactory().get("/seller/orders/12/")
    nav = [("홈", "/seller/", "house", None), ("주문", "/seller/orders/", "receipt-text", 3)]
    first, second = ui.nav_items(Context({"request": request}), nav).split("</li>")[:2]
    assert 'href="/seller/orders/" aria-current="page"' in second
    assert '<span class="count">3</span>' in second
    assert "aria-current" not in first


@pytest.mark.parametrize(
    ("value", "ceiling"), [(0, 1), (1, 1), (9, 10), (11, 20), (21, 25), (26, 50), (99, 100), (1_284_000, 2_000_000)]
)
def test_a_chart_ends_at_a_round_number(value, ceiling):
    assert charts.nice_ceiling(value) == ceiling


@pytest.mark.parametrize(("value", "said"), [(800, "800"), (350_000, "35만"), (120_000_000, "1.2억")])
def test_an_axis_speaks_short_korean(value, said):
    assert charts.short(value) == said


@pytest.mark.parametrize("points", [[], [("1", 0)], [("1", 0), ("2", 0)], [(str(n), n * 1000) for n in range(90)]])
def test_a_chart_of_anything_is_drawn_and_says_its_sum(points):
    for chart in (ui.bar_chart, ui.line_chart):
        html = chart(points, "매출 <일별>")
        assert f"({sum(v for _n, v in points):,}원)" in html
        assert "&lt;일별&gt;" in html


def test_a_picture_asks_for_the_size_the_screen_needs():
    html = ui.photo("products/abc-1280.webp", "감귤")
    assert "abc-320.webp 320w" in html
    assert 'alt="감귤"' in html
    assert 'loading="lazy"' in html
    assert "photo--none" in ui.photo("", "감귤")


def test_a_toast_carries_its_way_back(client, settings):
    response = client.post("/design/", {"toast": "1"})
    (message,) = get_messages(response.wsgi_request)
    assert ui.undo(message) == {"url": "/design/", "fields": {"toast": "1"}}
