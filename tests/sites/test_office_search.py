"""The operator sees what was looked for in vain, and says what means the same."""

from __future__ import annotations

import pytest

from builders import a_person, an_option
from dure.commerce.search import actions, documents, queries
from dure.commerce.search.models import Missed, Synonym
from dure.kit import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(client):
    person = a_person("OPERATOR")
    client.force_login(person)
    return person


def test_a_question_without_answer_is_counted_a_day_and_leads_to_a_synonym(client, operator):
    an_option(name="부산 어묵"), documents.catch_up()
    for _n in range(3):
        client.get("/products/?q=간당간당묵")
    row = Missed.objects.get()
    assert (row.words, row.times, row.day, row.partly) == ("간당간당묵", 3, clock.today(), False)
    page = client.get("/office/search/").content.decode()
    assert "간당간당묵" in page
    assert "/office/search/synonyms/?word=" in page
    client.post("/office/search/synonyms/", {"word": "간당간당묵", "others": "어묵", "both_ways": "1"})
    assert "부산 어묵" in client.get("/products/?q=간당간당묵").content.decode()
    assert "부산 어묵" in client.get("/office/search/synonyms/?try=간당간당묵").content.decode()


@pytest.mark.parametrize(
    "words", ["010-1234-5678", "me@example.kr", "https://example.kr", "1234 5678 9012 3456", "가" * 61, "!?"]
)
def test_what_may_tell_of_a_person_is_not_kept(words):
    assert not actions.note_missed(words, partly=False)
    assert not Missed.objects.exists()


def test_the_table_of_missed_questions_cannot_be_filled_in_a_loop(monkeypatch):
    monkeypatch.setattr(actions, "MOST_MISSED", 2)
    assert [actions.note_missed(f"낱말{n}", partly=False) for n in range(4)] == [True, True, False, False]


def test_missed_questions_are_forgotten_after_ninety_days():
    from datetime import timedelta

    actions.note_missed("오래된 말", partly=False)
    with clock.at(clock.now() + timedelta(days=91)):
        assert actions.forget_missed() == 1


def test_one_way_goes_one_way(operator):
    an_option(name="한우 등심"), an_option(name="쇠괴기 육포"), documents.catch_up()
    actions.add_synonym("쇠괴기", ["한우"], both_ways=False, by=operator)
    assert {c.name for c in queries.search(queries.Wanted("쇠괴기")).cards} == {"한우 등심", "쇠괴기 육포"}
    assert {c.name for c in queries.search(queries.Wanted("한우")).cards} == {"한우 등심"}


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"word": "!!", "others": "어묵"}, "낱말을 적어 주세요."),
        ({"word": "감귤", "others": "감귤"}, "같은 말을 하나 이상 적어 주세요."),
        ({"word": "감귤", "others": "귤"}, "이미 있어요."),
    ],
)
def test_what_cannot_be_kept_is_said_beside_the_field_and_nothing_typed_is_lost(client, operator, said, sentence):
    answer = client.post("/office/search/synonyms/", said)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert sentence in page
    assert f'value="{said["others"]}"' in page


def test_taking_off_can_be_undone(client, operator):
    kept = actions.add_synonym("꿀배", ["신고배"], by=operator)
    client.post(f"/office/search/synonyms/{kept.pk}/remove/")
    assert not Synonym.objects.filter(key="꿀배").exists()
    assert "되돌리기" in client.get("/office/search/synonyms/").content.decode()


def test_only_operators(client):
    client.force_login(a_person("FINANCE"))
    for path in ("/office/search/", "/office/search/synonyms/"):
        assert client.get(path).status_code == 403


def test_the_lists_leave_as_excel(client, operator):
    for path in ("/office/search/", "/office/search/synonyms/"):
        assert client.get(f"{path}?export=xlsx")["Content-Type"].startswith("application/vnd.openxml")
