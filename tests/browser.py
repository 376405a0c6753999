"""A real Chromium for tests that need one: the system's, headless, with a camera and a microphone that are not real.

with a_browser() as browser:
    page = a_page(browser, phone=True)
    sign_in(page, house.url, "host@example.kr")
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

FLAGS = [
    "--no-sandbox",  # tests run as root in containers
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}
PASSWORD = "pw-for-tests"


def chromium() -> str:
    """Path of the system's Chromium or Chrome. A machine without one fails: no journey is skipped silently."""
    named = os.environ.get("DURE_CHROMIUM")
    found = named or next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"))), None
    )
    assert found, "no Chromium: install it (`apt-get install chromium`) or name it in DURE_CHROMIUM"
    return found


@contextmanager
def a_browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), headless=True, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def a_page(browser: Browser, *, phone: bool = False, video: Path | None = None) -> Page:
    """A page of a person of their own (cookies apart from others'), with camera and microphone allowed."""
    context = browser.new_context(
        viewport=PHONE if phone else DESK,  # type: ignore[arg-type]
        device_scale_factor=2 if phone else 1,
        has_touch=phone,
        locale="ko-KR",
        timezone_id="Asia/Seoul",
        permissions=["camera", "microphone"],
        reduced_motion="reduce",  # no fading between pages: a picture shows one page
        record_video_dir=video,
    )
    context.set_default_timeout(20_000)
    return context.new_page()


def sign_in(page: Page, url: str, email: str, password: str = PASSWORD) -> None:
    page.goto(f"{url}/accounts/login/")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda address: "/accounts/login" not in address)
