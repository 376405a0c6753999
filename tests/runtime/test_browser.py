from __future__ import annotations

import pytest

from browser import a_page

pytestmark = pytest.mark.browser


def test_the_browser_writes_korean_and_has_a_camera(browser):
    page = a_page(browser, phone=True)
    page.route(
        "https://stage.test/",
        lambda route: route.fulfill(body="<h1>두레</h1>", content_type="text/html; charset=utf-8"),
    )
    page.goto("https://stage.test/")
    assert page.evaluate("navigator.language") == "ko-KR"
    assert (
        page.evaluate("navigator.mediaDevices.getUserMedia({video: true, audio: true}).then(s => s.getTracks().length)")
        == 2
    )
    # A font without Hangul draws every syllable as the same box.
    widths = page.evaluate(
        "['가', '뷁'].map(t => { const c = document.createElement('canvas').getContext('2d');"
        " c.font = '40px sans-serif'; c.fillText(t, 0, 40); return c.getImageData(0, 0, 60, 60).data.join() })"
    )
    assert widths[0] != widths[1]
    page.context.close()
