"""The stage of the journey: the real house, people with browsers of their own, and a camera that keeps what they saw."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from browser import a_page
from dure.live.ffmpeg import program
from house import House

ARTIFACTS = Path(os.environ.get("DURE_ARTIFACTS", Path(__file__).parents[2] / ".dure/artifacts"))
PASSWORD = "a-long-word-for-the-journey"


class Story:
    """Who is in it, and what one step leaves for the next."""

    def __init__(self, house: House, browser: Browser) -> None:
        self.house, self.browser = house, browser
        self.pages: dict[str, Page] = {}
        self.shots = 0
        self.troubles: list[str] = []

    def staff(self, email: str, name: str, *roles: str) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "dure", "staff", email, name, *roles],
            env=self.house.environment,
            input=PASSWORD,
            text=True,
            capture_output=True,
        )
        assert done.returncode == 0, done.stderr

    def person(self, who: str, phone: bool = False) -> Page:
        """The browser of `who`, opened when first asked for."""
        if who not in self.pages:
            page = a_page(self.browser, phone=phone)
            page.on("pageerror", lambda error: self.troubles.append(f"{who}: {error}"))
            page.on("response", lambda answer: self._watch(who, answer))
            self.pages[who] = page
        return self.pages[who]

    def go(self, who: str, path: str) -> Page:
        page = self.person(who)
        page.goto(path if path.startswith("http") else self.house.url + path)
        return page

    def sign_in(self, who: str, email: str, phone: bool = False) -> Page:
        page = self.person(who, phone)
        page.goto(self.house.url + "/accounts/login/")
        page.get_by_label("이메일").fill(email)
        page.get_by_label("비밀번호", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="로그인").click()
        page.wait_for_url(lambda url: "/login" not in url)
        return page

    def sign_up(self, page: Page, email: str, name: str) -> None:
        """On the sign-up page, wherever it was reached from."""
        page.get_by_label("이메일").fill(email)
        page.get_by_label("이름").fill(name)
        page.get_by_label("비밀번호", exact=True).fill(PASSWORD)
        page.get_by_role("button", name=re.compile("가입")).click()
        page.wait_for_url(lambda url: "/signup" not in url)

    def keep(self, page: Page, name: str) -> None:
        """A screenshot of what this person sees now."""
        self.shots += 1
        page.screenshot(path=ARTIFACTS / f"{self.shots:02d}-{name}.png")

    def verify(self) -> None:
        """Every invariant holds at this moment."""
        done = self.house.run("verify", "--json")
        assert done.returncode == 0, done.stdout + done.stderr

    def clip(self, show: str) -> None:
        """The show as it was recorded, as one short file."""
        replay = f"{self.house.media}/hls/{show}/replay.m3u8"
        command = [
            program(),
            "-y",
            "-loglevel",
            "error",
            "-i",
            replay,
            "-t",
            "20",
            "-c",
            "copy",
            ARTIFACTS / "show.mp4",
        ]
        subprocess.run([str(word) for word in command], check=True)
        assert (ARTIFACTS / "show.mp4").stat().st_size > 50_000

    def _watch(self, who: str, answer) -> None:
        if answer.status >= 500:
            self.troubles.append(f"{who}: {answer.status} {answer.url}")


@pytest.fixture(scope="module")
def story(tmp_path_factory, browser) -> Iterator[Story]:
    shutil.rmtree(ARTIFACTS, ignore_errors=True)
    ARTIFACTS.mkdir(parents=True)
    with House(tmp_path_factory.mktemp("journey"), DURE_SIMULATOR_PACE="1") as house:
        told = Story(house, browser)
        yield told
        for page in told.pages.values():
            page.context.close()


@pytest.fixture(scope="session")
def pictures(tmp_path_factory) -> list[str]:
    """Photographs a phone might take: three JPEG files."""
    folder = tmp_path_factory.mktemp("pictures")
    made = []
    for n, colour in enumerate([(214, 120, 60), (92, 140, 84), (180, 60, 70)]):
        picture = Image.radial_gradient("L").resize((900, 900)).convert("RGB")
        picture = Image.blend(picture, Image.new("RGB", picture.size, colour), 0.7)
        path = folder / f"picture{n}.jpg"
        picture.save(path, quality=85)
        made.append(str(path))
    return made
