"""The system's Chromium, driven by Playwright, with a camera and a microphone that play a test picture and a beep."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--no-sandbox",  # tests may run as root
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
]
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "has_touch": True, "is_mobile": True}
DESKTOP = {"viewport": {"width": 1280, "height": 800}}


@contextmanager
def a_browser() -> Iterator[Browser]:
    """Fails where there is no Chromium; `make test` installs it."""
    path = os.environ.get("DURE_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    assert path, "no Chromium on this machine: make test installs it, or name one in DURE_CHROMIUM"
    # Playwright's loop runs in this thread, which makes Django refuse its ORM here though nothing is concurrent.
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


def a_page(browser: Browser, base_url: str, locale: str = "ko-KR", **how) -> Page:
    """A page of a visitor of their own (cookies and all); `**PHONE` or `**DESKTOP` says with what."""
    context = browser.new_context(base_url=base_url, locale=locale, timezone_id="Asia/Seoul", **(how or DESKTOP))
    return context.new_page()
