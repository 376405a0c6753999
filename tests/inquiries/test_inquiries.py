"""Asked and answered: the clock, secrecy, the talk about an order, reports."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from builders import a_line, a_person, an_option, at_once
from dure.commerce.inquiries import actions, checks, errors, queries, rules
from dure.commerce.inquiries.models import AnswerTime, Question, QuestionReport, Thread
from dure.kit import clock
from dure.kit.checks import run
from dure.kit.clock import KST
from dure.kit.models import Event


def kst(text):
    return datetime.fromisoformat(text).replace(tzinfo=KST)


# 2026-11-24 is a Tuesday; 2026-12-25 (Friday) a holiday.
@pytest.mark.parametrize(
    ("asked", "due"),
    [
        ("2026-11-24 10:00", "2026-11-25 18:00"),
        ("2026-11-24 23:59", "2026-11-25 18:00"),
        ("2026-11-27 10:00", "2026-11-30 18:00"),  # Friday: Monday
        ("2026-11-28 10:00", "2026-11-30 18:00"),  # Saturday
        ("2026-12-24 10:00", "2026-12-28 18:00"),  # Christmas and a weekend between
    ],
)
def test_an_answer_is_due_at_the_end_of_the_next_business_day(asked, due):
    assert rules.answer_due(kst(asked)) == kst(due)


@pytest.mark.parametrize(
    ("since", "until", "minutes"),
    [
        ("2026-11-24 10:00", "2026-11-24 10:30", 30),
        ("2026-11-24 17:30", "2026-11-25 09:30", 60),  # the night costs nothing
        ("2026-11-27 17:00", "2026-11-30 10:00", 120),  # nor does the weekend
        ("2026-11-28 10:00", "2026-11-28 11:00", 0),
        ("2026-11-24 07:00", "2026-11-24 20:00", 540),
    ],
)
def test_business_minutes(since, until, minutes):
    assert rules.business_minutes(kst(since), kst(until).astimezone(UTC)) == minutes


@pytest.fixture
def product(db):
    return an_option().product


def a_question(product, **told):
    told = {"text": "언제 따나요?", "secret": False, "key": uuid4(), "by": a_person(), **told}
    return actions.ask(product, **told)


@pytest.mark.django_db
def test_sent_twice_it_is_asked_once(product):
    key, person = uuid4(), a_person()
    assert a_question(product, key=key, by=person) == a_question(product, key=key, by=person)
    assert Event.objects.filter(topic="inquiries.asked").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(("text", "refusal"), [("  ", errors.NothingSaid), ("가" * 2001, errors.TooLong)])
def test_nothing_and_too_much_are_refused(product, text, refusal):
    with pytest.raises(refusal):
        a_question(product, text=text)


@pytest.mark.django_db
def test_the_first_answer_stops_the_clock_a_better_one_replaces_it(product):
    with clock.at(kst("2026-11-24 10:00")):
        question = a_question(product)
    with clock.at(kst("2026-11-24 10:40")):
        actions.answer(question, text="시월에 따요.", by=None)
    with clock.at(kst("2026-11-25 10:40")):
        actions.answer(question, text="시월 말에 따요.", by=None)
    assert (question.answer, question.answered_at) == ("시월 말에 따요.", kst("2026-11-24 10:40"))
    assert list(AnswerTime.objects.values_list("seller", "minutes")) == [(product.seller_id, 40)]
    assert Event.objects.filter(topic="inquiries.answered").count() == 1


@pytest.mark.django_db
def test_the_median_says_nothing_while_answers_are_few(product):
    for minutes in (20, 600):
        AnswerTime.objects.create(seller=product.seller, at=clock.now(), minutes=minutes)
    assert queries.median_answer_minutes(product.seller_id) is None
    AnswerTime.objects.create(seller=product.seller, at=clock.now(), minutes=100)
    AnswerTime.objects.create(seller=product.seller, at=clock.now() - timedelta(days=91), minutes=9000)
    assert queries.median_answer_minutes(product.seller_id) == 100


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(None, ""), (3, "보통 10분 안에 답해요"), (31, "보통 40분 안에 답해요"), (61, "보통 2시간 안에 답해요"),
     (541, "보통 영업일 2일 안에 답해요")],
)  # fmt: skip
def test_answer_time_in_words(minutes, said):
    assert queries.answer_time_in_words(minutes) == said


@pytest.mark.django_db
def test_secret_words_are_found_only_by_who_wrote_them(product):
    asker = a_person()
    a_question(product, text="선물인데 값을 빼 주세요", secret=True, by=asker)
    assert not queries.questions_of(product.pk, "선물").exists()
    assert not queries.questions_of(product.pk, "선물", a_person()).exists()
    assert queries.questions_of(product.pk, "선물", asker).exists()


@pytest.mark.django_db
def test_an_unanswered_question_is_taken_back_an_answered_one_stays(product):
    asker = a_person()
    question = a_question(product, by=asker)
    with pytest.raises(errors.NotYourQuestion):
        actions.take_back(question, by=a_person())
    actions.answer(question, text="네", by=None)
    with pytest.raises(errors.NotYourQuestion):
        actions.take_back(question, by=asker)
    actions.take_back(other := a_question(product, by=asker), by=asker)
    assert other not in queries.questions_of(product.pk)


@pytest.mark.django_db
def test_a_report_is_decided_once_and_says_why(product):
    question, operator = a_question(product, text="여기 말고 다른 데서 사세요"), a_person("OPERATOR")
    neighbour = a_person()
    made = actions.report(question, reason="광고", by=neighbour)
    with pytest.raises(errors.AlreadyReported):
        actions.report(question, reason="또", by=neighbour)
    with pytest.raises(errors.ReasonNeeded):
        actions.decide(made, hide=True, why=" ", by=operator)
    actions.decide(made, hide=True, why="광고예요", by=operator)
    assert not queries.questions_of(product.pk).exists()
    with pytest.raises(errors.Decided):
        actions.decide(made, hide=False, why="", by=operator)
    assert QuestionReport.objects.get().verdict == "HIDDEN" and Question.objects.get().hidden_why == "광고예요"


def a_thread(line, **told):
    told = {"topic": "DELIVERY", "text": "언제 오나요?", "key": uuid4(), "by": line.order.buyer, "line": line, **told}
    return actions.open_thread(line.order, line.seller, **told)


@pytest.mark.django_db
def test_the_talk_waits_for_the_seller_until_the_seller_speaks():
    line = a_line()
    with clock.at(kst("2026-11-24 10:00")):
        thread = a_thread(line)
    assert (thread := Thread.objects.get(pk=thread.pk)).due_at == kst("2026-11-25 18:00")
    with clock.at(kst("2026-11-24 11:00")):
        actions.write(thread, side="BUYER", text="급해요", key=uuid4(), by=line.order.buyer)
    thread.refresh_from_db()
    assert thread.waiting_since == kst("2026-11-24 10:00")  # since the first of them
    assert queries.waiting_of(line.seller).threads == 1
    with clock.at(kst("2026-11-24 12:00")):
        actions.write(thread, side="SELLER", text="오늘 보냈어요", key=uuid4(), by=None)
    thread.refresh_from_db()
    assert thread.waiting_since is None and AnswerTime.objects.get().minutes == 120
    with clock.at(kst("2026-11-24 13:00")):
        actions.write(thread, side="OPERATOR", text="함께 살펴볼게요", key=uuid4(), by=a_person("CS"))
    thread.refresh_from_db()
    assert thread.joined_at == kst("2026-11-24 13:00")
    assert all(run(check).ok for check in checks.CHECKS)


@pytest.mark.django_db
def test_one_asks_only_a_seller_of_the_order_and_sent_twice_it_is_one_talk():
    line, other = a_line(), a_line()
    with pytest.raises(errors.NotInOrder):
        actions.open_thread(line.order, other.seller, topic="OTHER", text="여보세요", key=uuid4(), by=line.order.buyer)
    key = uuid4()
    assert a_thread(line, key=key) == a_thread(line, key=key)
    assert Thread.objects.count() == 1


@pytest.mark.django_db
def test_two_templates_of_one_title_are_refused(product):
    first = actions.save_template(product.seller, title="제주", text="3일 더 걸려요", by=None)
    with pytest.raises(errors.TitleTaken):
        actions.save_template(product.seller, title="제주", text="또", by=None)
    actions.save_template(product.seller, title="제주", text="2일 더 걸려요", by=None, template=first)
    assert product.seller.answer_templates.get().text == "2일 더 걸려요"


@pytest.mark.django_db
def test_the_database_refuses_an_answer_without_words_and_a_wait_without_a_deadline(product):
    question, thread = a_question(product), a_thread(a_line())
    with pytest.raises(IntegrityError), transaction.atomic():
        Question.objects.filter(pk=question.pk).update(answered_at=clock.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Thread.objects.filter(pk=thread.pk).update(due_at=None)


@pytest.mark.django_db(transaction=True)
@pytest.mark.race
def test_two_colleagues_answer_at_once_and_the_clock_is_stopped_once():
    question = a_question(an_option().product)
    at_once(4, lambda i: actions.answer(question, text=f"답 {i}", by=None))
    assert AnswerTime.objects.count() == 1
    assert Event.objects.filter(topic="inquiries.answered").count() == 1
