"""The viewer's and the studio's pages, without a browser."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from builders import a_person, a_show, an_option
from dure.kit import clock, tokens
from dure.live import actions
from dure.live.models import Show

pytestmark = pytest.mark.django_db

JSON = {"HTTP_ACCEPT": "application/json"}


def as_(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


# What viewers see


@pytest.mark.parametrize("status", ["PLANNED", "REHEARSING", "READY", "ON_AIR", "ENDED"])
def test_anybody_may_open_a_public_show_in_every_state(client: Client, status: str) -> None:
    show = a_show(status)
    answer = client.get(f"/live/{show.code}/")
    assert answer.status_code == 200
    assert show.title in answer.content.decode()


def test_the_list_has_what_is_on_what_comes_and_a_way_to_be_told(client: Client) -> None:
    on, coming, hidden = a_show("ON_AIR"), a_show(), a_show(listed=False)
    page = client.get("/live/").content.decode()
    assert on.title in page
    assert coming.title in page
    assert hidden.title not in page
    assert "알림받기" in page


def test_an_empty_list_teaches(client: Client) -> None:
    assert "예정된 방송이 아직 없어요" in client.get("/live/").content.decode()


def test_a_paid_show_carries_the_badge_and_its_wording_on_list_and_page(client: Client) -> None:
    show = a_show("ON_AIR")
    assert "유료광고 포함" in client.get("/live/").content.decode()
    page = client.get(f"/live/{show.code}/").content.decode()
    assert "유료광고 포함" in page
    assert show.disclosures.get().wording in page


def test_an_unlisted_plan_is_404_for_strangers_and_open_to_who_works_on_it(client: Client) -> None:
    show = a_show(listed=False)
    assert client.get(f"/live/{show.code}/").status_code == 404
    assert as_(show.host).get(f"/live/{show.code}/").status_code == 200


def test_a_page_gives_its_viewer_a_token_for_this_show_only() -> None:
    show, viewer = a_show("ON_AIR"), a_person()
    page = as_(viewer).get(f"/live/{show.code}/").content.decode()
    claims = tokens.unsign("live", re.search(r'"token": "([^"]+)"', page)[1])
    assert (claims["s"], claims["u"], claims["r"]) == (show.code, viewer.pk, "VIEWER")
    host_page = as_(show.host).get(f"/live/{show.code}/").content.decode()
    assert tokens.unsign("live", re.search(r'"token": "([^"]+)"', host_page)[1])["r"] == "HOST"


def test_asking_to_be_told_and_changing_ones_mind() -> None:
    show, viewer = a_show(), a_person()
    as_(viewer).post(f"/live/{show.code}/notify/")
    assert show.notifies.get().user == viewer
    as_(viewer).post(f"/live/{show.code}/notify/", {"off": "1"})
    assert not show.notifies.exists()


def test_a_show_goes_into_a_calendar(client: Client) -> None:
    show = a_show(title="김장, 같이 해요; 라이브")
    answer = client.get(f"/live/{show.code}/calendar.ics")
    assert answer["Content-Type"].startswith("text/calendar")
    text = answer.content.decode()
    assert f"DTSTART:{show.planned_at:%Y%m%dT%H%M%SZ}" in text
    assert "SUMMARY:김장\\, 같이 해요\\; 라이브" in text


def test_a_viewer_reports_a_show_once_per_reason() -> None:
    show, viewer = a_show("ON_AIR"), as_(a_person())
    for _ in range(2):
        viewer.post(f"/live/{show.code}/report/", {"reason": "UNDISCLOSED", "detail": "화면에 안 보여요"})
    assert show.reports.count() == 1


def test_only_the_medias_signature_moves_a_show(client: Client) -> None:
    show = a_show("ON_AIR")

    def hook(token: str) -> int:
        return client.post("/live/hooks/stream", headers={"authorization": f"Bearer {token}"}).status_code

    assert hook("") == 401
    assert hook(tokens.sign("live", {"s": show.code, "up": False}, 60)) == 401
    assert hook(tokens.sign("stream", {"s": show.code, "up": False}, 60)) == 200
    show.refresh_from_db()
    assert show.status == "PAUSED"
    assert hook(tokens.sign("stream", {"s": show.code, "up": True}, 60)) == 200
    show.refresh_from_db()
    assert show.status == "ON_AIR"


# The studio

PAGES = ["", "room/", "room/status/"]
POSTS = [
    "edit/",
    "cancel/",
    "offers/",
    "cues/",
    "disclosure/",
    "room/rehearse/",
    "room/on-air/",
    "room/end/",
    "room/ingest/",
]


@pytest.mark.parametrize("path", PAGES)
def test_anothers_show_is_not_there_at_all(path: str) -> None:
    show = a_show()
    address = f"/studio/{show.code}/{path}"
    for stranger in (a_person("CREATOR"), a_person("MD")):
        assert as_(stranger).get(address).status_code == 404
    for own in (show.host, show.md, a_person("OPERATOR")):
        assert as_(own).get(address).status_code == 200
    assert as_(a_person()).get(address).status_code == 403
    assert Client().get(address).status_code == 302


@pytest.mark.parametrize("path", POSTS)
def test_nobody_does_anything_to_anothers_show(path: str) -> None:
    show = a_show("READY")
    assert as_(a_person("CREATOR")).post(f"/studio/{show.code}/{path}").status_code == 404
    assert as_(a_person()).post(f"/studio/{show.code}/{path}").status_code == 403
    show.refresh_from_db()
    assert show.status == "READY"


def test_an_md_plans_a_show_from_the_form_to_the_air() -> None:
    md, host = a_person("MD"), a_person("CREATOR")
    option = an_option(price=12_000, stock=20)
    desk = as_(md)
    at = (clock.now() + timedelta(days=1)).astimezone(clock.KST)
    form = {"title": "자갈치 아침 경매", "planned_at": f"{at:%Y-%m-%dT%H:%M}", "host": host.pk, "listed": "on"}
    answer = desk.post("/studio/plan/", form)
    show = Show.objects.get()
    assert answer.headers["Location"] == f"/studio/{show.code}/"
    assert (show.host, show.md) == (host, md)

    base = f"/studio/{show.code}/"
    desk.post(base + "offers/", {"option": option.pk})
    offer = show.offers.get()
    prefix = f"o{offer.pk}-"
    desk.post(
        f"{base}offers/{offer.pk}/",
        {prefix + "live_price": 9_900, prefix + "allotment": 10, prefix + "opens": "ON_AIR"},
    )
    offer.refresh_from_db()
    assert (offer.live_price, offer.allotment) == (9_900, 10)
    desk.post(base + "cues/", {"kind": "OPENING", "beat": "인사", "planned_minutes": 3})
    desk.post(base + "cues/", {"kind": "PRODUCT", "beat": "고등어", "planned_minutes": 7, "offer": offer.pk})
    desk.post(base + "disclosure/", {"benefit": "PAID", "advertiser": "자갈치 상인회"})
    assert show.disclosures.get().wording == "자갈치 상인회에서 광고비를 받았습니다"
    room = as_(host)
    for deed in ("rehearse", "ready", "on-air"):
        assert room.post(f"{base}room/{deed}/", **JSON).status_code == 200
    show.refresh_from_db()
    assert show.status == "ON_AIR"


@pytest.mark.parametrize(
    ("path", "data", "said", "kept"),
    [
        ("disclosure/", {"benefit": "PAID", "advertiser": ""}, "누구에게서 받았는지", "PAID"),
        (
            "disclosure/",
            {"benefit": "PAID", "advertiser": "은성", "wording": "은성과 컬래버"},
            "무엇을 받았는지 그대로",
            "은성과 컬래버",
        ),
        ("disclosure/", {"advertiser": "은성"}, "필수", "은성"),
        ("cues/", {"kind": "PRODUCT", "beat": "순대 이야기", "planned_minutes": 5}, "소개할 상품을", "순대 이야기"),
        ("cues/", {"kind": "STORY", "beat": "옛날 이야기", "planned_minutes": 999}, "180", "옛날 이야기"),
    ],
)
def test_bad_input_comes_back_with_the_reason_and_what_was_typed(path: str, data: dict, said: str, kept: str) -> None:
    show = a_show()
    answer = as_(show.host).post(f"/studio/{show.code}/{path}", data)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert said in page
    assert kept in page


def test_a_live_price_that_is_not_lower_is_said_beside_its_field() -> None:
    show = a_show(options=[an_option(price=5_000)])
    offer = show.offers.get()
    data = {f"o{offer.pk}-live_price": 7_777, f"o{offer.pk}-opens": "ON_AIR"}
    answer = as_(show.host).post(f"/studio/{show.code}/offers/{offer.pk}/", data)
    assert answer.status_code == 422
    assert "5,000원)보다 낮아야" in answer.content.decode()
    assert "7777" in answer.content.decode()


def test_going_on_air_without_a_declaration_is_refused_with_the_reason() -> None:
    show = a_show()
    actions.rehearse(show, by=show.host)
    Show.objects.filter(pk=show.pk).update(status="READY")
    answer = as_(show.host).post(f"/studio/{show.code}/room/on-air/", **JSON)
    assert answer.status_code == 409
    assert "광고 표시" in answer.json()["error"]["message"]


def test_the_control_room_says_what_is_missing() -> None:
    show = a_show(options=[])
    page = as_(show.host).get(f"/studio/{show.code}/room/").content.decode()
    assert "판매할 상품" in page
    status = as_(show.host).get(f"/studio/{show.code}/room/status/").json()
    assert "큐시트" in status["lacking"]


def test_the_host_pins_starts_cues_and_ends_by_plain_forms() -> None:
    show = a_show("ON_AIR")
    room, base = as_(show.host), f"/studio/{show.code}/room/"
    offer, cue = show.offers.all()[2], show.segments.all()[1]
    assert room.post(f"{base}pin/{offer.pk}/").headers["Location"] == base
    assert room.post(f"{base}cue/{cue.pk}/", **JSON).json()["cue"]["id"] == cue.pk
    assert room.post(f"{base}unpin/", **JSON).json()["pin"] is None
    assert room.post(f"{base}settings/", {"notice": "오늘만 무료 배송", "slow_seconds": 10}, **JSON).status_code == 200
    show.refresh_from_db()
    assert (show.notice, show.slow_seconds) == ("오늘만 무료 배송", 10)
    assert room.post(f"{base}end/", **JSON).json()["status"] == "ENDED"


def test_a_host_hides_a_message_and_mutes_its_writer() -> None:
    show, viewer = a_show("ON_AIR"), a_person()
    message = actions.say(show, "싸구려네요", by=viewer)
    as_(show.host).post(f"/studio/{show.code}/room/message/{message.pk}/mute/", **JSON)
    message.refresh_from_db()
    assert message.hidden_at
    assert show.mutes.get().user == viewer


def test_the_camera_is_let_in_to_a_rehearsal_before_and_on_air_while_the_show_runs() -> None:
    rehearsing, running, over = a_show("REHEARSING"), a_show("ON_AIR"), a_show("ENDED")
    for show, stage in ((rehearsing, "rehearsal"), (running, "air")):
        answer = as_(show.host).post(f"/studio/{show.code}/room/ingest/").json()
        token = answer["url"].split("t=")[1]
        claims = tokens.unsign("ingest", token)
        assert (claims["s"], claims["g"]) == (show.code, stage)
    assert as_(over.host).post(f"/studio/{over.code}/room/ingest/").status_code == 409


def test_the_report_says_that_there_is_no_recording() -> None:
    show = a_show("ENDED")
    desk = as_(show.host)
    assert desk.get(f"/studio/{show.code}/report/").status_code == 200
    answer = desk.post(f"/studio/{show.code}/report/replay/")
    assert answer.status_code == 409
    assert "녹화된 영상이 없어서" in answer.content.decode()


def test_every_page_speaks_english() -> None:
    show = a_show("ON_AIR")
    desk = as_(show.host)
    for path, words in (
        ("/live/", "Includes paid promotion"),
        (f"/live/{show.code}/", "Products of the show"),
        ("/studio/", "My shows"),
        ("/studio/plan/", "Create and go on"),
        (f"/studio/{show.code}/", "Before the show"),
        (f"/studio/{show.code}/room/", "Running the show"),
        (f"/studio/{show.code}/report/", "Record of the disclosure"),
    ):
        assert words in desk.get(path, headers={"accept-language": "en"}).content.decode(), path
