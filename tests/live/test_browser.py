"""A show from a browser with a camera to browsers that watch, on the real house."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from browser import a_browser, a_page, sign_in
from house import ROOT, House, until

pytestmark = [pytest.mark.browser, pytest.mark.processes]

STAGE = """
import itertools, json, os
import django; django.setup()
from datetime import date
import builders
builders._count = itertools.count(os.getpid() * 1000)  # each run is a process of its own: names must differ
from builders import *
from dure.commerce.pricing.models import CommissionPlan
from dure.live import actions
from dure.live.models import Show
from dure.people.models import User
CommissionPlan.objects.get_or_create(category=None, since=date(2020, 1, 1), defaults={"basis_points": 500})
"""

# Pixels of the picture as it is shown now, coarsely: two of them differ when something moved.
PIXELS = """() => {
  const video = document.querySelector("video");
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [18, 32];
  const pen = canvas.getContext("2d");
  pen.drawImage(video, 0, 0, 18, 32);
  return Array.from(pen.getImageData(0, 0, 18, 32).data).join();
}"""


@dataclass
class Stage:
    house: House
    browser: Browser
    folder: Path

    def run(self, script: str) -> Any:
        """Python in the house's own database; what it prints last is JSON."""
        done = subprocess.run(
            [sys.executable, "-c", STAGE + script],
            env={
                **self.house.environment,
                "DJANGO_SETTINGS_MODULE": "dure.settings",
                "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests")]),
            },
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout.strip().splitlines()[-1]) if done.stdout.strip() else None

    def person(self, email: str, phone: bool = False) -> Page:
        page = a_page(self.browser, phone=phone)
        sign_in(page, self.house.url, email)
        return page


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("show")
    with House(folder / "home") as house, a_browser() as browser:
        yield Stage(house, browser, folder)


def test_a_show_runs_from_camera_to_replay(stage: Stage) -> None:
    show = stage.run("""
show = a_show(host=a_person("CREATOR", email="host@example.kr", name="윤하루"), md=a_person("MD"), title="시장 한 상")
actions.declare_disclosure(show, host=show.host, benefit="COMMISSION", advertiser="두레", by=show.host)
a_person(email="one@example.kr", name="이하나"), a_person(email="two@example.kr", name="최둘")
print(json.dumps({"code": show.code, "pk": show.pk, "names": [o.option.product.name for o in show.offers.all()]}))
""")
    room, watch = f"{stage.house.url}/studio/{show['code']}/room/", f"{stage.house.url}/live/{show['code']}/"

    # Rehearsal: the host sees that the picture goes out, nobody else sees it.
    host = stage.person("host@example.kr")
    host.goto(room)
    host.select_option("#quality", "540")
    host.get_by_role("button", name="카메라 켜기").click()
    host.get_by_role("button", name="리허설 시작").click()
    expect(host.locator("#stream-state")).to_have_text("리허설 송출 중 (나만 보여요)", timeout=30_000)
    one, two = stage.person("one@example.kr", phone=True), stage.person("two@example.kr")
    one.goto(watch)
    expect(one.get_by_text("곧 시작해요")).to_be_visible()

    # On air: the picture moves in other browsers.
    host.get_by_role("button", name="준비 완료").click()
    host.get_by_role("button", name="방송 시작").click()
    expect(host.locator("#stream-state")).to_have_text("방송 송출 중", timeout=30_000)
    two.goto(watch)
    for viewer in (one, two):
        it_moves(viewer)
        expect(viewer.locator(".stage__meta").get_by_text("유료광고 포함")).to_be_visible()

    # The room: chat both ways, a pin, the price, the stock.
    one.get_by_placeholder("채팅을 남겨 보세요").fill("택배는 며칠 걸려요?")
    one.get_by_role("button", name="보내기").click()
    for reader in (one, two, host):
        expect(reader.locator("#chat")).to_contain_text("택배는 며칠 걸려요?")
    host.locator(".pin-row").nth(1).get_by_role("button").click()
    for viewer in (one, two):
        expect(viewer.locator("#pinned")).to_contain_text(show["names"][1])
        expect(viewer.locator("#pinned [data-price]")).to_have_text("9,000원")
        expect(viewer.locator("#pinned [data-left]")).to_have_text("5개 남음")
    host.locator(".chat__line", has_text="택배는").get_by_role("button", name="숨기기").click()
    expect(two.locator("#chat")).not_to_contain_text("택배는")

    # Somebody buys: everybody's counter moves.
    stage.run(f"""
from dure.commerce.orders.actions import Address, Wanted, place_order
option = Show.objects.get(pk={show["pk"]}).offers.all()[1].option_id
place_order(User.objects.get(email="two@example.kr"), [Wanted(option, 2, {show["pk"]})],
            Address("최둘", "010-2222-3333", "04567", "서울 종로구 창경궁로 88"), key="k1", source="LIVE", show={show["pk"]})
""")
    for viewer in (one, two):
        expect(viewer.locator("#pinned [data-left]")).to_have_text("3개 남음")
    expect(host.locator("#orders")).to_have_text("1")

    # kill -9 of the media: the studio comes back by itself, and so does everybody's picture.
    stage.house.kill("media")
    expect(one.locator("#watch")).to_have_attribute("data-status", "PAUSED", timeout=30_000)
    expect(one.locator("#watch")).to_have_attribute("data-status", "ON_AIR", timeout=60_000)
    for viewer in (one, two):
        it_moves(viewer)

    # The end, and the replay with its markers.
    host.once("dialog", lambda dialog: dialog.accept())
    host.get_by_role("button", name="방송 끝내기").first.click()
    host.wait_for_url("**/report/")
    expect(one.get_by_text("방송이 끝났어요")).to_be_visible()
    host.get_by_role("button", name="다시보기 올리기").click()
    expect(host.get_by_role("link", name="다시보기 열기")).to_be_visible()
    with suppress(Error):  # the page goes there by itself, too: the two may cross
        two.goto(watch)
    two.wait_for_load_state()
    it_moves(two)
    expect(two.locator(".markers")).to_contain_text(show["names"][1])
    length = two.evaluate("document.querySelector('video').duration")
    two.locator(".markers button").last.click()
    until(lambda: two.evaluate("document.querySelector('video').currentTime") > 1, 20)
    assert length > 5


def test_a_show_without_a_declaration_cannot_begin_and_says_why(stage: Stage) -> None:
    show = stage.run("""
show = a_show(host=a_person("CREATOR", email="silent@example.kr"), md=a_person("MD"))
actions.rehearse(show, by=show.host)
print(json.dumps({"code": show.code}))
""")
    host = stage.person("silent@example.kr")
    host.goto(f"{stage.house.url}/studio/{show['code']}/room/")
    host.get_by_role("button", name="카메라 켜기").click()
    expect(host.get_by_role("button", name="준비 완료")).to_be_disabled()
    expect(host.locator("#why")).to_contain_text("진행자의 광고 표시 선언")
    # A show whose status somebody forced by SQL is refused all the same.
    stage.run(f"Show.objects.filter(code='{show['code']}').update(status='READY')")
    host.reload()
    answer = host.evaluate("""async () => {
      const body = new FormData();
      body.set("csrfmiddlewaretoken", document.querySelector("input[name=csrfmiddlewaretoken]").value);
      const answer = await fetch("on-air/", { method: "POST", body, headers: { accept: "application/json" } });
      return [answer.status, (await answer.json()).error.code];
    }""")
    assert answer == [409, "not_disclosed"]


def test_a_bad_word_is_refused_with_a_reason_and_stays_in_the_field(stage: Stage) -> None:
    show = stage.run("""
show = a_show("ON_AIR", host=a_person("CREATOR", email="calm@example.kr"))
a_person(email="loud@example.kr")
print(json.dumps({"code": show.code}))
""")
    viewer = stage.person("loud@example.kr", phone=True)
    viewer.goto(f"{stage.house.url}/live/{show['code']}/")
    field = viewer.get_by_placeholder("채팅을 남겨 보세요")
    field.fill("010-1234-5678로 전화 주세요")
    field.press("Enter")
    expect(viewer.get_by_role("alert")).to_have_text("전화번호나 링크는 채팅에 남길 수 없어요.")
    expect(field).to_have_value("010-1234-5678로 전화 주세요")


def it_moves(page: Page) -> None:
    """Time advances and pixels change."""
    page.wait_for_selector("video[data-playing]", timeout=60_000)
    before = page.evaluate("document.querySelector('video').currentTime")
    pixels = page.evaluate(PIXELS)
    until(lambda: page.evaluate("document.querySelector('video').currentTime") > before + 0.8, 30)
    until(lambda: page.evaluate(PIXELS) != pixels, 10)


def test_another_camera_takes_over_only_when_asked_to(stage: Stage) -> None:
    show = stage.run("""
show = a_show("ON_AIR", host=a_person("CREATOR", email="first@example.kr"), md=a_person("MD", email="second@example.kr"))
print(json.dumps({"code": show.code}))
""")
    room = f"{stage.house.url}/studio/{show['code']}/room/"
    host, md = stage.person("first@example.kr"), stage.person("second@example.kr")
    for page in (host, md):
        page.on("dialog", lambda dialog: dialog.accept())
        page.goto(room)
    host.get_by_role("button", name="카메라 켜기").click()
    expect(host.locator("#stream-state")).to_have_text("방송 송출 중", timeout=30_000)
    md.reload()
    expect(md.get_by_role("button", name="카메라 켜기")).to_be_visible()  # looking on sends nothing
    md.get_by_role("button", name="카메라 켜기").click()
    expect(md.locator("#stream-state")).to_have_text("방송 송출 중", timeout=30_000)
    expect(host.locator("#stream-state")).to_have_text("다른 카메라가 이 방송을 내보내고 있어요")
