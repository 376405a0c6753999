"""Pages nobody wants to see, and the page that shows every component."""

import pytest
from django.template.loader import render_to_string
from django.test import Client, override_settings

from dure.sites.design.templatetags.ui import icon

pytestmark = pytest.mark.django_db


def test_every_component_is_on_one_page(client):
    response = client.get("/design/")
    assert response.status_code == 200
    assert client.post("/design/", {"name": ""}).content.decode().count('class="field__error"') == 5


def test_an_address_that_is_nothing_says_so_in_korean(client):
    response = client.get("/no/such/place/")
    assert response.status_code == 404
    assert "여기에는 아무것도 없어요" in response.content.decode()


def test_the_same_page_speaks_english(client):
    response = client.get("/no/such/place/", headers={"accept-language": "en"})
    assert 'lang="en"' in response.content.decode()


def test_a_form_without_its_token_is_answered_kindly():
    response = Client(enforce_csrf_checks=True).post("/i18n/setlang/", {"language": "en"})
    assert response.status_code == 403
    assert "페이지가 오래되어" in response.content.decode()


@pytest.mark.parametrize("template", ["500.html", "403.html", "403_csrf.html", "404.html"])
def test_error_pages_need_no_request(template):
    assert "<h1>" in render_to_string(template)


@override_settings(ACCOUNT_RATE_LIMITS=False)
def test_signing_up_in_and_out(client):
    bad = client.post("/accounts/signup/", {"email": "new@example.kr", "name": "새 손님", "password1": "짧아"})
    assert bad.status_code == 200
    assert "new@example.kr" in bad.content.decode()
    assert "field__error" in bad.content.decode()
    good = client.post(
        "/accounts/signup/", {"email": "new@example.kr", "name": "새 손님", "password1": "두레-장터-2026"}
    )
    assert good.status_code == 302
    client.post("/accounts/logout/")
    wrong = client.post("/accounts/login/", {"login": "new@example.kr", "password": "아닌데"})
    assert "notice--bad" in wrong.content.decode() or "field__error" in wrong.content.decode()
    right = client.post("/accounts/login/", {"login": "new@example.kr", "password": "두레-장터-2026"})
    assert right.status_code == 302


@pytest.mark.parametrize("path", ["login", "signup", "password/reset"])
def test_the_doors_are_dressed_by_the_house(client, path):
    html = client.get(f"/accounts/{path}/").content.decode()
    assert 'class="bar"' in html
    assert 'class="form"' in html


def test_pages_carry_no_inline_script(client):
    for path in ("/design/", "/accounts/login/", "/policy/about/"):
        html = client.get(path).content.decode()
        assert "<script>" not in html
        assert "onclick=" not in html


def test_icons_point_into_the_sprite():
    assert "icons.svg#truck" in icon("truck")
    assert "aria-hidden" in icon("truck")
    assert 'aria-label="배송"' in icon("truck", "배송")
