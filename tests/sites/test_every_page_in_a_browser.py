"""Every page in a browser: on a phone nothing serious for axe, there and at a desk nothing wider than the screen, nothing missing.

DURE_SHOTS=folder keeps a picture of each, for somebody to look at. DURE_PAGES=seller:orders,… walks only those.
"""

from __future__ import annotations

import os
import re
from importlib import import_module
from pathlib import Path

import pytest

from axe import serious
from browser import DESK, PHONE, a_page, sign_in
from filled import Filled, pages

# Playwright keeps a loop running in this thread, which makes Django refuse its ORM though nothing is concurrent.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SITES = {
    "shop": ("dure.sites.shop.urls", "buyer"),
    "seller": ("dure.sites.seller.urls", "owner"),
    "office": ("dure.sites.office.urls", "office"),
    "": ("dure.sites.api.developers", "owner"),
}
FILES = re.compile(r"\.(xlsx|gz|txt|xml|ics)$|/documents/\d+/$|/complete/$|/progress/$|/language/|/lives/$")
OUR_WORDS_FOR_NOTHING = re.compile(r"(?<!-)\b(None|True|False|Undefined|NaN)\b|\{\{|\{%")
ROW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def answer_of(page, url):
    """None: it takes a form only. A browser makes an error of its own of an answer without a page."""
    return None if page.request.head(url, max_redirects=0).status == 405 else page.goto(url)


def found_wrong(page, url, name):
    """What is wrong with one page, in words."""
    heard: list[str] = []
    listen = lambda message: heard.append(message.text) if message.type == "error" else None  # noqa: E731
    page.on("console", listen)
    page.set_viewport_size(PHONE)
    first = answer_of(page, url)
    if first is None or not first.ok or page.url != url or "text/html" not in first.headers.get("content-type", ""):
        page.remove_listener("console", listen)
        return []  # a file, the way to another page, or what takes a form only: test_every_page.py has opened it
    wrong = [f"{name}: {finding}" for finding in serious(page)]
    for size, width in (("phone", PHONE), ("desk", DESK)):
        page.set_viewport_size(width)
        if folder := os.environ.get("DURE_SHOTS"):
            page.screenshot(path=Path(folder) / f"{name.replace(':', '-')}-{size}.png", full_page=True)
        if (wide := page.evaluate(ROW)) > 0:
            wrong.append(f"{name} {size}: {wide}px wider than the screen")
    if odd := OUR_WORDS_FOR_NOTHING.search(page.inner_text("main")):
        wrong.append(f"{name}: says {odd.group()}")
    page.remove_listener("console", listen)
    return wrong + [f"{name}: {text}" for text in heard]


def test_every_page_serves_everybody_on_every_screen(live_server, browser, settings):
    settings.ACCOUNT_RATE_LIMITS = False
    house, wrong, seen = Filled(), [], 0
    only = {name for name in os.environ.get("DURE_PAGES", "").split(",") if name}
    for site, (module, who) in SITES.items():
        page = a_page(browser)
        sign_in(page, live_server.url, f"{who}@example.kr")
        for name, address, there in pages(house, site, import_module(module).urlpatterns):
            label = f"{site or 'guide'}:{name}"
            if there and not FILES.search(address) and (not only or label in only):
                wrong += found_wrong(page, live_server.url + address, label)
                seen += 1
        page.context.close()
    assert not wrong, "\n".join(wrong)
    assert seen > 30 or only
