from __future__ import annotations

import threading
import uuid
from datetime import timedelta

import pytest
from django.core import mail
from django.db import DatabaseError, IntegrityError, connection, transaction

from builders import a_person, a_show, an_option
from dure.commerce.pricing.models import LivePrice
from dure.kit import clock, outbox
from dure.kit.models import Event
from dure.kit.states import WrongState
from dure.live import actions, errors, queries, rules
from dure.live.models import ChatMessage, Disclosure, DisclosureExposure, Show

pytestmark = pytest.mark.django_db


def test_the_same_form_twice_plans_one_show() -> None:
    host, md, key = a_person("CREATOR"), a_person("MD"), uuid.uuid4()
    at = clock.now() + timedelta(days=1)
    first = actions.plan_show(title="가을 김장", planned_at=at, host=host, by=md, key=key)
    second = actions.plan_show(title="가을 김장", planned_at=at, host=host, by=md, key=key)
    assert first == second
    assert Show.objects.count() == 1


def test_only_a_creator_hosts_and_only_in_the_future() -> None:
    md = a_person("MD")
    with pytest.raises(errors.HostNotCreator):
        actions.plan_show(title="x", planned_at=clock.now() + timedelta(days=1), host=md, by=md)
    with pytest.raises(errors.TimePast):
        actions.plan_show(title="x", planned_at=clock.now() - timedelta(days=1), host=a_person("CREATOR"), by=md)


def test_a_live_price_must_be_lower_and_the_product_on_sale() -> None:
    show = a_show(options=[])
    with pytest.raises(errors.PriceNotLower):
        actions.set_live_price(show, an_option(price=5_000), price=5_000, by=None)
    with pytest.raises(errors.NotForSale):
        actions.set_live_price(show, an_option(status="DRAFT"), price=1_000, by=None)


def test_going_on_air_opens_the_prices_starts_the_first_cue_and_pins_its_product() -> None:
    show = a_show("ON_AIR")
    assert LivePrice.objects.filter(show=show.pk, opened_at__isnull=False, closed_at=None).count() == 3
    assert show.segments.first().started_at is not None
    assert queries.open_pin(show).offer == show.offers.first()
    assert Event.objects.filter(topic="live.on_air").count() == 1


def test_ending_closes_the_prices_and_lets_the_product_go() -> None:
    show = a_show("ENDED")
    assert not LivePrice.objects.filter(show=show.pk, closed_at=None).exists()
    assert queries.open_pin(show) is None


# The disclosure


def test_without_a_declaration_nobody_goes_on_air() -> None:
    show = a_show()
    actions.rehearse(show, by=show.host)
    with pytest.raises(errors.NotDisclosed):
        actions.ready(show, by=show.host)
    Show.objects.filter(pk=show.pk).update(status="READY")
    with pytest.raises(errors.NotDisclosed):
        actions.go_on_air(show, by=show.host)


@pytest.mark.parametrize("status", ["ON_AIR", "PAUSED"])
def test_the_database_refuses_a_show_on_air_without_a_declaration(status: str) -> None:
    show = a_show()
    with pytest.raises(IntegrityError, match="declared"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE live_show SET status = %s, on_air_at = now() WHERE id = %s", [status, show.pk])


def test_the_database_refuses_a_show_born_on_air() -> None:
    show = a_show()
    with pytest.raises(IntegrityError, match="declared"), transaction.atomic():
        Show.objects.create(title="x", planned_at=clock.now(), host=show.host, status="ON_AIR", on_air_at=clock.now())


def test_the_declaration_of_another_host_does_not_count() -> None:
    show = a_show()
    actions.declare_disclosure(show, host=a_person("CREATOR"), benefit="NONE", by=None)
    with pytest.raises(IntegrityError, match="declared"), transaction.atomic():
        Show.objects.filter(pk=show.pk).update(status="ON_AIR", on_air_at=clock.now())


def test_the_host_of_a_running_show_cannot_be_swapped_for_one_who_declared_nothing() -> None:
    show = a_show("ON_AIR")
    with pytest.raises(IntegrityError, match="declared"), transaction.atomic():
        Show.objects.filter(pk=show.pk).update(host=a_person("CREATOR"))


def test_an_explicit_declaration_of_nothing_is_enough() -> None:
    show = a_show()
    actions.declare_disclosure(show, host=show.host, benefit="NONE", by=show.host)
    for step in (actions.rehearse, actions.ready, actions.go_on_air):
        step(show, by=show.host)
    assert show.status == "ON_AIR"
    assert not show.exposures.exists()  # nothing to show


@pytest.mark.parametrize("sql", ["DELETE FROM live_disclosure", "UPDATE live_disclosure SET benefit = 'PAID'"])
def test_a_declaration_stands_once_the_show_has_been_on_air(sql: str) -> None:
    show = a_show("ENDED")
    with pytest.raises(IntegrityError, match="stands"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    with pytest.raises(errors.DisclosureStands):
        actions.declare_disclosure(show, host=show.host, benefit="NONE", by=show.host)


def test_a_declaration_names_who_and_what() -> None:
    show = a_show()
    with pytest.raises(errors.AdvertiserMissing):
        actions.declare_disclosure(show, host=show.host, benefit="PAID", by=None)
    with pytest.raises(errors.WordingVague):
        actions.declare_disclosure(
            show, host=show.host, benefit="PAID", advertiser="은성", wording="은성과 파트너십", by=None
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Disclosure.objects.create(show=show, host=show.host, benefit="PAID")


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_going_on_air_and_taking_the_declaration_back_at_once_only_one_happens() -> None:
    show = a_show("READY")
    deleted, go_on = threading.Event(), threading.Event()

    def take_back() -> None:
        try:
            with transaction.atomic():
                Disclosure.objects.filter(show=show).delete()
                deleted.set()
                go_on.wait(10)
        finally:
            connection.close()

    taker = threading.Thread(target=take_back)
    taker.start()
    assert deleted.wait(10)
    threading.Timer(0.3, go_on.set).start()  # we are waiting for the show's row by then
    with pytest.raises(DatabaseError, match="declared"), transaction.atomic():
        Show.objects.filter(pk=show.pk).update(status="ON_AIR", on_air_at=clock.now())
    taker.join()


def test_the_disclosure_is_shown_at_least_every_five_minutes_while_on_air() -> None:
    began = clock.now() + timedelta(hours=2)
    with clock.at(began):
        show = a_show("ON_AIR")
    for minute in range(1, 62):
        with clock.at(began + timedelta(minutes=minute)):
            actions.repeat_disclosures()
    with clock.at(began + timedelta(minutes=62)):
        actions.end(show, by=show.host)
    shown = [e.at for e in show.exposures.all()]
    assert max(later - sooner for sooner, later in zip(shown, shown[1:], strict=False)) <= rules.REPEAT_EVERY
    assert len(shown) > 12
    assert show.messages.filter(kind="HOUSE", text__contains=rules.BADGE).count() >= 12
    assert queries.report(show).disclosed_in_time


def test_a_forgotten_exposure_shows_in_the_report() -> None:
    began = clock.now() + timedelta(hours=2)
    with clock.at(began):
        show = a_show("ON_AIR")
    with clock.at(began + timedelta(minutes=9)):
        actions.end(show, by=show.host)
    found = queries.report(show)
    assert found.longest_gap == timedelta(minutes=9)
    assert not found.disclosed_in_time


def test_exposures_are_evidence_and_cannot_be_changed() -> None:
    show = a_show("ON_AIR")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        DisclosureExposure.objects.filter(show=show).update(at=clock.now())
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        DisclosureExposure.objects.filter(show=show).delete()


# On air


def test_a_lost_picture_pauses_and_a_new_one_resumes() -> None:
    show = a_show("ON_AIR")
    show = actions.report_stream(show, arriving=False)
    assert (show.status, show.pause) == ("PAUSED", "STREAM")
    show = actions.report_stream(show, arriving=True)
    assert (show.status, show.pause) == ("ON_AIR", "")


def test_the_hosts_own_pause_is_not_ended_by_the_picture() -> None:
    show = a_show("ON_AIR")
    actions.pause(show, by=show.host)
    assert actions.report_stream(show, arriving=True).status == "PAUSED"
    assert actions.resume(show, by=show.host).status == "ON_AIR"


def test_a_show_the_media_is_silent_about_is_paused() -> None:
    show = a_show("ON_AIR")
    assert actions.pause_silent_shows() == 0
    with clock.at(clock.now() + timedelta(seconds=25)):
        assert actions.pause_silent_shows() == 1
    show.refresh_from_db()
    assert (show.status, show.pause) == ("PAUSED", "STREAM")


def test_pinning_replaces_what_was_pinned_before() -> None:
    show = a_show("ON_AIR")
    second = show.offers.all()[1]
    actions.pin(show, second, by=show.host)
    actions.pin(show, second, by=show.host)
    assert queries.open_pin(show).offer == second
    assert show.pins.count() == 2
    actions.unpin(show, by=show.host)
    assert queries.open_pin(show) is None


def test_a_price_that_opens_with_its_pin_closes_after_its_minutes() -> None:
    option = an_option()
    show = a_show(options=[an_option()])
    offer = actions.set_live_price(show, option, price=7_000, opens="PIN", minutes=10, by=None)
    actions.declare_disclosure(show, host=show.host, benefit="NONE", by=None)
    for step in (actions.rehearse, actions.ready, actions.go_on_air):
        step(show, by=show.host)
    assert not LivePrice.objects.filter(option=option).exists()
    actions.pin(show, offer, by=show.host)
    assert LivePrice.objects.get(option=option).closed_at is None
    with clock.at(clock.now() + timedelta(minutes=11)):
        assert actions.close_due_prices() == 1
        assert actions.close_due_prices() == 0
    assert LivePrice.objects.get(option=option).closed_at is not None


def test_nothing_is_changed_in_the_plan_of_a_running_show() -> None:
    show = a_show("ON_AIR")
    with pytest.raises(errors.ShowRunning):
        actions.set_live_price(show, an_option(), price=5_000, by=None)
    with pytest.raises(errors.ShowRunning):
        actions.remove_offer(show.offers.first(), by=None)


def test_a_show_moves_only_as_its_table_allows() -> None:
    show = a_show("ENDED")
    with pytest.raises(WrongState):
        actions.go_on_air(show, by=show.host)
    with pytest.raises(WrongState):
        actions.pause(show, by=show.host)
    with pytest.raises(errors.NotOnAir):
        actions.pin(show, show.offers.first(), by=show.host)


def test_cues_change_places() -> None:
    show = a_show()
    first, second, third = show.segments.all()
    actions.move_segment(third, up=True, by=None)
    assert list(show.segments.all()) == [first, third, second]
    actions.move_segment(first, up=True, by=None)
    assert list(show.segments.all()) == [first, third, second]


# The room


def test_chat_refuses_the_rude_the_fast_and_the_muted() -> None:
    show, viewer = a_show("ON_AIR"), a_person()
    with pytest.raises(errors.ChatRefused):
        actions.say(show, "꺼져", by=viewer)
    message = actions.say(show, "안녕하세요", by=viewer)
    with pytest.raises(errors.ChatSlow):
        actions.say(show, "또 안녕하세요", by=viewer)
    actions.mute(show, viewer, by=show.host)
    message.refresh_from_db()
    assert message.hidden_by == show.host
    with clock.at(clock.now() + timedelta(minutes=1)), pytest.raises(errors.Muted):
        actions.say(show, "저 왔어요", by=viewer)


def test_nobody_chats_in_a_show_that_is_not_running() -> None:
    with pytest.raises(errors.NotOnAir):
        actions.say(a_show(), "안녕하세요", by=a_person())


def test_a_hidden_message_stays_in_the_record() -> None:
    show = a_show("ON_AIR")
    message = actions.say(show, "상관없는 이야기", by=a_person())
    actions.hide_message(message, by=show.host)
    assert ChatMessage.objects.get(pk=message.pk).hidden_at is not None


def test_who_asked_is_told_once_when_the_show_begins() -> None:
    show, viewer = a_show("READY"), a_person(email="viewer@example.kr")
    actions.ask_to_be_told(show, by=viewer)
    actions.ask_to_be_told(show, by=viewer)
    actions.go_on_air(show, by=show.host)
    outbox.deliver_due()
    outbox.deliver_due()
    assert [m.to for m in mail.outbox] == [["viewer@example.kr"]]
    assert show.code in mail.outbox[0].body


# Who may see what


def test_the_studio_shows_a_show_to_its_host_its_md_and_operators_only() -> None:
    show = a_show()
    for person in (show.host, show.md, a_person("OPERATOR")):
        assert show in Show.objects.for_studio(person)
    for person in (a_person("CREATOR"), a_person("MD"), a_person()):
        assert show not in Show.objects.for_studio(person)


def test_an_unlisted_plan_is_not_public_until_it_is_on_air() -> None:
    show = a_show(listed=False)
    assert show not in Show.objects.public()
    assert a_show("ON_AIR") in Show.objects.public()
