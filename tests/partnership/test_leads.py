import uuid
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from django.db import DatabaseError, transaction
from PIL import Image

from builders import a_brn, a_lead, a_market, a_person, a_phone
from dure.kit import clock, images
from dure.kit.models import AuditEntry, Event
from dure.kit.states import WrongState
from dure.partnership import actions, errors, queries
from dure.partnership.actions import Stall
from dure.partnership.models import (
    Assignment,
    Business,
    ContactLog,
    Lead,
    MergeSuspect,
    Owner,
    Screening,
    Selection,
    Shop,
    Visit,
)
from dure.people import queries as people
from dure.people.errors import NotAllowed, UnknownWording
from dure.people.models import Consent

pytestmark = pytest.mark.django_db
AGREED = {"CONTACT": "2026-11"}
MORNING = datetime(2026, 11, 24, 1, tzinfo=UTC)


def capture(place, worker, name="할머니한과", key=None, **fields):
    extra = {k: fields.pop(k) for k in ("another_shop", "photos") if k in fields}
    fields.setdefault("consents", AGREED if fields.get("phone") else {})
    return actions.capture(place, Stall(name=name, **fields), by=worker, key=key or uuid.uuid4(), **extra)


def a_picture():
    raw = BytesIO()
    Image.new("RGB", (200, 160), "tomato").save(raw, "JPEG")
    raw.seek(0)
    return raw


# At the stall


def test_a_capture_keeps_shop_owner_consent_visit_and_photo(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    worker, market = a_person("FIELD"), a_market("광장시장")
    with clock.at(MORNING):
        lead = capture(
            market,
            worker,
            phone="010-1234-5678",
            owner_name="박순자",
            stall="가-12",
            goods="한과",
            photos=[images.keep(a_picture(), "leads")],
        ).lead
    assert (lead.status, lead.captured_by, lead.shop.owner.phone) == ("CAPTURED", worker, "+821012345678")
    assert people.may_contact(lead.shop.owner, MORNING)
    assert Visit.objects.get().day.isoformat() == "2026-11-24" and lead.photos.count() == 1
    assert Event.objects.get(topic="partnership.captured").payload["lead"] == lead.pk
    assert [m.kind for m in queries.timeline(lead)] == ["CONTACT", "captured"] or len(queries.timeline(lead)) == 2


def test_the_same_capture_sent_twice_is_one_lead():
    worker, market, key, phone = a_person("FIELD"), a_market(), uuid.uuid4(), a_phone()
    first = capture(market, worker, key=key, phone=phone)
    again = capture(market, worker, key=key, phone=phone)
    assert again.lead == first.lead and again.recognised_by == "SENT_TWICE"
    assert (Lead.objects.count(), ContactLog.objects.count(), Consent.objects.count()) == (1, 1, 1)


def test_a_shop_is_recognised_by_its_business_number_at_another_market():
    brn = a_brn()
    first = capture(a_market(), a_person("FIELD"), brn=brn)
    again = capture(a_market(), a_person("FIELD"), name="할머니네", brn=f"{brn[:3]}-{brn[3:5]}-{brn[5:]}")
    assert again.lead == first.lead and again.recognised_by == "BUSINESS" and Shop.objects.count() == 1


def test_a_shop_is_recognised_by_its_phone_and_learns_its_business_number():
    market, phone, brn = a_market(), a_phone(), a_brn()
    first = capture(market, a_person("FIELD"), phone=phone)
    again = capture(market, a_person("FIELD"), phone=phone, brn=brn, stall="12")
    assert again.lead == first.lead and again.recognised_by == "PHONE"
    shop = Shop.objects.get()
    assert (shop.business.brn, shop.stall) == (brn, "12")


def test_whoever_meets_a_known_shop_again_sees_its_lead():
    phone, second = a_phone(), a_person("FIELD")
    lead = capture(a_market(), a_person("FIELD"), phone=phone).lead
    assert lead not in queries.leads_for(second)
    capture(a_market(), second, phone=phone)
    assert lead in queries.leads_for(second)


def test_one_owner_with_two_businesses_has_two_shops():
    market, phone = a_market(), a_phone()
    first = capture(market, a_person("FIELD"), name="한과집", phone=phone, brn=a_brn())
    second = capture(market, a_person("FIELD"), name="떡집", phone=phone, brn=a_brn())
    assert first.lead != second.lead and second.recognised_by is None
    assert Owner.objects.count() == 1 and sorted(Shop.objects.values_list("branch", flat=True)) == [0, 1]


def test_the_worker_may_say_that_it_is_another_shop_of_the_same_owner():
    market, worker, phone = a_market(), a_person("FIELD"), a_phone()
    first = capture(market, worker, phone=phone)
    second = capture(market, worker, name="할머니한과 2호점", phone=phone, another_shop=True)
    assert first.lead != second.lead and second.lead.shop.branch == 1


def test_a_business_number_or_a_phone_is_needed():
    with pytest.raises(errors.NothingToCallBy):
        capture(a_market(), a_person("FIELD"))


def test_a_phone_is_not_kept_without_consent():
    with pytest.raises(errors.ConsentNeeded):
        capture(a_market(), a_person("FIELD"), phone=a_phone(), consents={})
    with pytest.raises(UnknownWording):
        capture(a_market(), a_person("FIELD"), phone=a_phone(), consents={"CONTACT": "1999-01"})
    assert not Owner.objects.exists()


@pytest.mark.parametrize(
    ("fields", "error"), [({"phone": "12345"}, errors.BadPhone), ({"brn": "1234567890"}, errors.BadBusinessNumber)]
)
def test_wrong_numbers_are_refused(fields, error):
    with pytest.raises(error):
        capture(a_market(), a_person("FIELD"), **fields)


@pytest.mark.parametrize("role", ["MD", "REVIEWER", "CREATOR", "CS", "FINANCE"])
def test_only_field_workers_capture(role):
    with pytest.raises(NotAllowed):
        capture(a_market(), a_person(role), phone=a_phone())


def test_an_interested_merchant_is_interested_at_once():
    captured = capture(a_market(), a_person("FIELD"), phone=a_phone(), interested=True, next_step="사진 5장 받기")
    assert captured.lead.status == "INTERESTED" and captured.lead.next_step == "사진 5장 받기"


# Suspects


def test_a_name_that_sounds_alike_in_one_market_is_put_before_a_person_not_merged():
    market, worker = a_market(), a_person("FIELD")
    first = capture(market, worker, name="할머니한과", phone=a_phone())
    second = capture(market, worker, name="할머니 항과", phone=a_phone())
    assert second.lead != first.lead
    assert [(s.reason, s.first, s.second) for s in second.suspects] == [("NAME", first.lead.shop, second.lead.shop)]
    assert list(queries.suspects_for(worker)) == second.suspects


def test_the_same_stall_number_is_put_before_a_person():
    market, worker = a_market(), a_person("FIELD")
    capture(market, worker, name="형제상회", stall="가동 12호", phone=a_phone())
    assert [s.reason for s in capture(market, worker, name="새마을떡집", stall="가-12", phone=a_phone()).suspects] == [
        "STALL"
    ]


def test_names_alike_in_two_markets_or_of_two_registered_businesses_are_no_suspects():
    market, worker = a_market(), a_person("FIELD")
    capture(market, worker, name="할머니한과", brn=a_brn())
    assert not capture(a_market(), worker, name="할머니한과", phone=a_phone()).suspects
    assert not capture(market, worker, name="할머니한과", brn=a_brn()).suspects


def test_merging_keeps_the_lead_that_is_further_on_and_loses_nothing():
    market, worker, phone = a_market(), a_person("FIELD"), a_phone()
    first = capture(market, worker, name="할머니한과", brn=a_brn()).lead
    second = capture(market, worker, name="할머니 한과", phone=phone, interested=True)
    stays = actions.merge(second.suspects[0], by=worker)
    assert stays == second.lead
    stays.shop.refresh_from_db()
    assert stays.shop.business == Business.objects.get() and stays.shop.owner.phone == Owner.objects.get().phone
    assert stays.contacts.count() == 2 and list(queries.leads_for(worker)) == [stays]
    known = capture(market, worker, phone=phone)
    assert known.lead == stays and known.recognised_by == "PHONE"
    assert capture(market, worker, brn=stays.shop.business.brn).lead == stays
    first.refresh_from_db()
    assert first.merged_into == stays


def test_a_merged_shop_stands_for_the_one_it_went_into():
    market, worker, phone, other = a_market(), a_person("FIELD"), a_phone(), a_phone()
    first = capture(market, worker, name="할머니한과", phone=phone).lead
    second = capture(market, worker, name="할머니 한과", phone=other)
    assert actions.merge(second.suspects[0], by=worker) == first
    assert capture(market, worker, phone=other).lead == first


def test_a_pair_is_decided_once_and_not_asked_again():
    market, worker = a_market(), a_person("FIELD")
    capture(market, worker, name="할머니한과", phone=a_phone())
    second = capture(market, worker, name="할머니 한과", phone=a_phone())
    actions.keep_apart(second.suspects[0], by=worker)
    with pytest.raises(errors.AlreadyDecided):
        actions.merge(second.suspects[0], by=worker)
    actions.amend(second.lead, Stall(name="할머니한과", phone=second.lead.shop.owner.phone), by=worker)
    assert not queries.suspects_for(worker).exists()


def test_two_selected_merchants_are_not_merged():
    market = a_market()
    first, second = a_lead("SELECTED", place=market, name="한과집"), a_lead("SELECTED", place=market, name="한과짐")
    suspect = MergeSuspect.objects.get()
    with pytest.raises(errors.BothSelected):
        actions.merge(suspect, by=a_person("OPERATOR"))
    assert {first.pk, second.pk} == set(Lead.objects.current().values_list("pk", flat=True))


def test_a_correction_that_hits_another_shops_number_is_refused_and_remembered():
    market, worker, phone = a_market(), a_person("FIELD"), a_phone()
    first = capture(market, worker, name="형제상회", phone=phone).lead
    second = capture(market, worker, name="새마을떡집", phone=a_phone()).lead
    with pytest.raises(errors.KnownElsewhere, match="형제상회"):
        actions.amend(second, Stall(name="새마을떡집", phone=phone), by=worker)
    suspect = MergeSuspect.objects.get()
    assert (suspect.first, suspect.second, suspect.reason) == (first.shop, second.shop, "PHONE")


def test_a_correction_changes_name_and_numbers():
    lead = a_lead(name="할머니한과")
    brn = a_brn()
    actions.amend(
        lead,
        Stall(name="순자네 한과", phone=a_phone(), brn=brn, owner_name="박순자", consents=AGREED),
        by=lead.captured_by,
    )
    shop = Shop.objects.get()
    assert (shop.name, shop.business.brn, shop.owner.name) == ("순자네 한과", brn, "박순자")


# Contacts


def log(lead, outcome, channel="PHONE", **more):
    return actions.log_contact(lead, by=lead.captured_by, key=uuid.uuid4(), channel=channel, outcome=outcome, **more)


@pytest.mark.parametrize(
    ("outcomes", "status"),
    [
        (["MET"], "CONTACTED"),
        (["NO_ANSWER"], "CAPTURED"),
        (["INTERESTED"], "INTERESTED"),
        (["MET", "INTERESTED", "MET"], "INTERESTED"),
        (["LATER"], "DEFERRED"),
        (["LATER", "INTERESTED"], "INTERESTED"),
        (["DECLINED"], "DECLINED"),
        (["DECLINED", "MET"], "CONTACTED"),
    ],
)
def test_what_was_said_moves_the_lead(outcomes, status):
    lead = a_lead()
    for outcome in outcomes:
        log(lead, outcome)
    lead.refresh_from_db()
    assert lead.status == status


def test_a_word_after_selection_does_not_move_the_lead_back():
    lead = a_lead("SELECTED")
    log(lead, "MET")
    log(lead, "DECLINED")
    lead.refresh_from_db()
    assert (lead.status, lead.route) == ("SELECTED", "LIST")


def test_no_message_without_consent():
    worker = a_person("FIELD")
    lead = capture(a_market(), worker, brn=a_brn()).lead
    with pytest.raises(errors.NoConsentToMessage):
        log(lead, "MET", channel="MESSAGE")
    agreed = a_lead()
    log(agreed, "MET", channel="MESSAGE")
    actions.withdraw_contact_consent(agreed, by=worker, channel="PHONE")
    with pytest.raises(errors.NoConsentToMessage):
        log(agreed, "MET", channel="MESSAGE")
    agreed.refresh_from_db()
    assert agreed.status == "DECLINED"


def test_a_contact_sent_twice_is_one():
    lead, key = a_lead(), uuid.uuid4()
    for _ in range(2):
        actions.log_contact(lead, by=lead.captured_by, key=key, channel="PHONE", outcome="MET")
    assert lead.contacts.filter(channel="PHONE").count() == 1


# Screening and selection


def test_product_and_will_are_scored_apart_and_point_to_a_route():
    lead, reviewer, rubric = a_lead("SCREENING"), a_person("REVIEWER"), queries.current_rubric()
    scores = {c["code"]: 5 if c["axis"] == "PRODUCT" else 1 for c in rubric.criteria}
    screening = actions.screen(lead, rubric, scores, by=reviewer, comment="맛은 최고, 시간이 없음")
    assert (screening.product_score, screening.will_score) == (100, 20)
    assert queries.verdict(lead).suggestion.route == "DONE_FOR_YOU"


def test_scoring_again_revises_and_two_reviewers_are_averaged():
    lead, rubric = a_lead("SCREENING"), queries.current_rubric()
    one, two = a_person("REVIEWER"), a_person("REVIEWER")
    actions.screen(lead, rubric, {c["code"]: 1 for c in rubric.criteria}, by=one)
    actions.screen(lead, rubric, {c["code"]: 5 for c in rubric.criteria}, by=one)
    actions.screen(lead, rubric, {c["code"]: 2 for c in rubric.criteria}, by=two)
    assert Screening.objects.count() == 2
    assert (queries.verdict(lead).product, queries.verdict(lead).reviewers) == (70, 2)


@pytest.mark.parametrize("scores", [{}, {"appeal": 5}, {"appeal": 6}, {"appeal": "5"}])
def test_every_criterion_needs_a_score_from_zero_to_five(scores):
    rubric = queries.current_rubric()
    full = {c["code"]: 3 for c in rubric.criteria}
    given = {**full, **scores} if scores.get("appeal") in (6, "5") else scores
    with pytest.raises(errors.ScoresMissing):
        actions.screen(a_lead("SCREENING"), rubric, given, by=a_person("REVIEWER"))


def test_selection_keeps_the_scores_and_the_suggestion_beside_the_choice():
    lead, reviewer, rubric = a_lead("SCREENING"), a_person("REVIEWER"), queries.current_rubric()
    with pytest.raises(errors.NotScreened):
        actions.select(lead, "LIST", by=reviewer, reason="좋아요")
    actions.screen(lead, rubric, {c["code"]: 2 for c in rubric.criteria}, by=reviewer)
    with pytest.raises(errors.ReasonNeeded):
        actions.select(lead, "LIST", by=reviewer, reason=" ")
    selection = actions.select(lead, "DONE_FOR_YOU", by=reviewer, reason="이야기가 좋아 우리가 돕기로")
    assert (selection.route, selection.suggested_route, selection.product_score) == ("DONE_FOR_YOU", "LEARN", 40)
    assert Event.objects.get(topic="partnership.selected").payload["route"] == "DONE_FOR_YOU"
    with pytest.raises(WrongState):
        actions.select(lead, "LIST", by=reviewer, reason="다시")


def test_a_decided_lead_is_not_scored_any_more():
    lead, rubric = a_lead("SELECTED"), queries.current_rubric()
    with pytest.raises(WrongState):
        actions.screen(lead, rubric, {c["code"]: 3 for c in rubric.criteria}, by=a_person("REVIEWER"))


def test_deferring_and_declining_need_a_reason():
    lead, reviewer = a_lead("SCREENING"), a_person("REVIEWER")
    with pytest.raises(errors.ReasonNeeded):
        actions.defer(lead, by=reviewer, reason="")
    actions.defer(lead, by=reviewer, reason="추석 뒤에 다시")
    actions.decline(lead, by=reviewer, reason="폐업 예정")
    assert [e.why for e in AuditEntry.objects.filter(action="partnership.lead.declined")] == ["폐업 예정"]


# MDs


def test_one_md_at_a_time():
    lead, reviewer, kim, lee = a_lead("SELECTED"), a_person("REVIEWER"), a_person("MD"), a_person("MD")
    actions.assign(lead, kim, by=reviewer)
    actions.assign(lead, kim, by=reviewer)
    actions.assign(lead, lee, by=reviewer, why="지역 담당")
    assert queries.md_of(lead) == lee and Assignment.objects.count() == 2
    assert lead in queries.leads_for(lee) and lead not in queries.leads_for(kim)
    assert [(md, n) for md, n in queries.merchandisers()] == [(kim, 0), (lee, 1)]


def test_only_a_selected_merchant_gets_an_md_and_only_an_md():
    with pytest.raises(errors.NotSelected):
        actions.assign(a_lead("SCREENING"), a_person("MD"), by=a_person("REVIEWER"))
    with pytest.raises(errors.NotAMerchandiser):
        actions.assign(a_lead("SELECTED"), a_person("FIELD"), by=a_person("REVIEWER"))


def test_a_field_worker_sees_their_own_leads_and_reviewers_see_all():
    mine, others = a_lead(), a_lead()
    assert list(queries.leads_for(mine.captured_by)) == [mine]
    assert set(queries.leads_for(a_person("REVIEWER"))) == {mine, others}
    assert not queries.leads_for(a_person("CREATOR")).exists()


def test_today_lists_what_is_due_silent_and_to_be_screened():
    with clock.at(MORNING - timedelta(days=5)):
        worker = a_person("FIELD")
        silent = a_lead(worker=worker)
        due = a_lead(worker=worker, next_step="샘플 받기", next_step_on=clock.today())
        waiting = a_lead("SCREENING", worker=worker)
    with clock.at(MORNING):
        day = queries.today(worker)
        assert (day.due, day.to_call, day.to_screen) == ([due], [silent], [])
        assert day.captured_this_week == 3
        assert queries.today(a_person("REVIEWER")).to_screen == [waiting]


# What the database refuses


def test_the_database_refuses_a_second_active_md():
    lead, reviewer = a_lead("SELECTED"), a_person("REVIEWER")
    actions.assign(lead, a_person("MD"), by=reviewer)
    with pytest.raises(DatabaseError, match="one_active_md_per_lead"), transaction.atomic():
        Assignment.objects.create(lead=lead, md=a_person("MD"))


def test_the_database_refuses_a_changed_selection():
    lead = a_lead("SELECTED")
    with pytest.raises(DatabaseError, match="kept as it was made"), transaction.atomic():
        Selection.objects.filter(lead=lead).update(product_score=99)


def test_the_database_refuses_a_score_for_a_decided_lead():
    lead = a_lead("SELECTED")
    with pytest.raises(DatabaseError, match="not being screened"), transaction.atomic():
        Screening.objects.filter(lead=lead).update(product_score=99)


def test_the_database_refuses_other_criteria_under_given_scores():
    a_lead("SELECTED")
    rubric = queries.current_rubric()
    rubric.criteria = rubric.criteria[:1]
    with pytest.raises(DatabaseError, match="in use"), transaction.atomic():
        rubric.save()


@pytest.mark.parametrize(
    ("row", "constraint"),
    [
        (lambda: Owner.objects.create(phone="010-1234-5678"), "owner_phone_is_e164"),
        (lambda: Business.objects.create(brn="12088-0076"), "brn_is_ten_digits"),
        (lambda: a_market(latitude=0.0, longitude=0.0), "place_in_korea"),
        (lambda: a_market(fair_digits=[12]), "fair_digits_are_digits"),
        (lambda: Lead.objects.filter(pk=a_lead().pk).update(status="SELECTED"), "selected_has_a_route"),
    ],
)
def test_the_database_refuses_impossible_rows(row, constraint):
    with pytest.raises(DatabaseError, match=constraint), transaction.atomic():
        row()
