"""Reviews: by whom, for how long, chosen, reported, taken down with a reason; their pages on three surfaces."""

import io
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from PIL import Image

from builders import a_line, a_person, an_option, at_once
from dure.commerce.reviews import actions, errors, queries
from dure.commerce.reviews.models import HelpfulVote, Review, ReviewReport
from dure.commerce.sellers.models import Member
from dure.kit import clock
from dure.kit.models import AuditEntry, Event

pytestmark = pytest.mark.django_db
WORDS = "달고 아삭해요. 또 살게요."


def a_review(option=None, rating=5, text=WORDS, **told):
    line = a_line("DELIVERED", option=option or an_option())
    return actions.write(line, rating=rating, text=text, by=line.order.buyer, **told)


def staff_of(seller, role="OWNER"):
    if role != "OWNER":
        Member.objects.create(seller=seller, user=a_person(), role="OWNER")
    return Member.objects.create(seller=seller, user=a_person(), role=role).user


def a_picture():
    out = io.BytesIO()
    Image.new("RGB", (400, 300), (200, 120, 60)).save(out, "JPEG")
    out.seek(0)
    out.name = "photo.jpg"
    return out


# ── Rules ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("change", [{"status": "CANCELED"}, {"status": "RETURNED"}, {"status": "PAID"},
                                    {"returned_quantity": 1}])  # fmt: skip
def test_who_kept_nothing_says_nothing(change):
    line = a_line("DELIVERED")
    type(line).objects.filter(pk=line.pk).update(**change)
    line.refresh_from_db()
    with pytest.raises(errors.NotYours):
        actions.write(line, rating=1, text=WORDS, by=line.order.buyer)


def test_its_author_changes_it_within_thirty_days_and_what_it_said_is_kept():
    review = a_review()
    with pytest.raises(errors.NotYourReview):
        actions.edit(review, rating=1, text=WORDS, by=a_person())
    actions.edit(review, rating=4, text="조금 작았지만 달아요.", by=review.author)
    actions.edit(review, rating=4, text="조금 작았지만 달아요.", by=review.author)  # nothing new
    review.refresh_from_db()
    assert (review.rating, review.revisions.get().text, review.revisions.get().rating) == (4, WORDS, 5)
    assert Event.objects.filter(topic="reviews.changed").count() == 1
    with clock.at(clock.now() + timedelta(days=31)), pytest.raises(errors.TooLateToEdit):
        actions.edit(review, rating=1, text=WORDS, by=review.author)


def test_a_second_word_comes_after_a_month_once():
    review = a_review()
    with pytest.raises(errors.TooEarly):
        actions.add_later(review, text=WORDS, by=review.author)
    with clock.at(clock.now() + timedelta(days=31)):
        actions.add_later(review, text=WORDS, by=review.author)
        with pytest.raises(errors.AlreadyReviewed):
            actions.add_later(review, text=WORDS, by=review.author)
    assert Event.objects.get(topic="reviews.written_later").payload["author_id"] == review.author_id


def test_helpful_is_said_once_taken_back_and_not_of_ones_own():
    review, reader = a_review(), a_person()
    assert actions.vote(review, by=reader) and not actions.vote(review, by=reader)
    with pytest.raises(errors.OwnReview):
        actions.vote(review, by=review.author)


def test_three_best_of_a_product_and_none_that_is_hidden():
    option, operator = an_option(), a_person("OPERATOR")
    written = [a_review(option) for _ in range(4)]
    for review in written[:3]:
        actions.choose_best(review, best=True, by=operator)
    with pytest.raises(errors.TooManyBest):
        actions.choose_best(written[3], best=True, by=operator)
    actions.hide(written[0], by=operator, why="욕설")
    written[0].refresh_from_db()
    assert written[0].best_at is None
    actions.choose_best(written[3], best=True, by=operator)
    with pytest.raises(IntegrityError), transaction.atomic():
        Review.objects.filter(pk=written[0].pk).update(best_at=clock.now())


def test_a_review_is_taken_down_with_a_reason_and_brought_back():
    review, operator, reader = a_review(), a_person("OPERATOR"), a_person()
    made = actions.report(review, reason="광고 같아요", by=reader)
    with pytest.raises(errors.AlreadyReported):
        actions.report(review, reason="또", by=reader)
    with pytest.raises(errors.ReasonNeeded):
        actions.decide(made, hide_it=True, why=" ", by=operator)
    actions.decide(made, hide_it=True, why="다른 가게 광고", by=operator)
    assert queries.ratings_of([review.product_id]) == {}
    assert Event.objects.get(topic="reviews.hidden").payload["why"] == "다른 가게 광고"
    with pytest.raises(errors.Decided):
        actions.decide(made, hide_it=False, why="", by=operator)
    review.refresh_from_db()
    actions.show_again(review, by=operator)
    assert queries.ratings_of([review.product_id])[review.product_id].count == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        ReviewReport.objects.filter(pk=made.pk).update(why="")


def test_the_spread_counts_stars_and_photos_in_one_query(django_assert_num_queries):
    option = an_option()
    for stars in (5, 5, 4, 1):
        a_review(option, rating=stars)
    review = a_review(option, rating=5)
    review.photos.create(image="reviews/a-1280.webp")
    with django_assert_num_queries(1):
        spread = queries.spread_of(option.product_id)
    assert (spread.total, spread.average, spread.with_photos) == (5, 4.0, 1)
    assert spread.rows[0] == (5, 3, 60) and spread.rows[4] == (1, 1, 20)


def test_reviews_are_chosen_and_sorted():
    option = an_option()
    low, high, best = (a_review(option, rating=stars) for stars in (1, 5, 3))
    actions.vote(high, by=a_person())
    actions.choose_best(best, best=True, by=a_person("OPERATOR"))
    order = {sort: [r.pk for r in queries.reviews_of(option.product_id, sort=sort)] for sort in queries.SORTS}
    assert order["best"][0] == best.pk and order["high"][0] == high.pk and order["low"][0] == low.pk
    assert order["helpful"][0] == high.pk and order["new"][0] == best.pk
    assert [r.pk for r in queries.reviews_of(option.product_id, stars=1)] == [low.pk]
    assert not queries.reviews_of(option.product_id, photos=True).exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.race
def test_a_vote_of_two_windows_counts_once_and_best_stays_at_three():
    option = an_option()
    written, operator = [a_review(option) for _ in range(6)], a_person("OPERATOR")
    at_once(6, lambda i: actions.choose_best(written[i], best=True, by=operator))
    assert Review.objects.filter(best_at__isnull=False).count() == 3
    reader = a_person()
    at_once(2, lambda i: actions.vote(written[0], by=reader))
    assert HelpfulVote.objects.filter(review=written[0], voter=reader).count() <= 1


# ── Pages ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_stranger_reads_masked_names_and_no_telephone_number(client):
    review = a_review(text="전화 010-1234-5678 주세요. 맛있어요.")
    type(review.author).objects.filter(pk=review.author_id).update(name="나구매")
    for url in (reverse("shop:reviews", args=[review.product_id]), reverse("shop:product", args=[review.product_id])):
        page = client.get(url).content.decode()
        assert "나**" in page and "나구매" not in page and "1234-5678" not in page


def test_a_review_is_changed_voted_for_and_reported_on_its_pages(client):
    review = a_review()
    edit = reverse("shop:edit_review", args=[review.pk])
    client.force_login(a_person())
    assert client.get(edit).status_code == 404
    client.post(reverse("shop:vote_review", args=[review.pk]))
    assert "도움이 돼요" in client.get(reverse("shop:reviews", args=[review.product_id])).content.decode()
    report = reverse("shop:report_review", args=[review.pk])
    assert client.post(report, {"reason": ""}).status_code == 422
    assert client.post(report, {"reason": "사실과 달라요"}).status_code == 302
    client.force_login(review.author)
    form = {"what": "edit", "rating": "3", "text": "다시 먹어 보니 보통이에요.", "photos": [a_picture()]}
    assert client.post(edit, form).status_code == 302
    assert WORDS in client.get(edit).content.decode()  # what it said before
    short = client.post(edit, {"what": "edit", "rating": "3", "text": "짧아요"})
    assert short.status_code == 422 and "짧아요" in short.content.decode()
    with clock.at(clock.now() + timedelta(days=31)):
        assert client.post(edit, {"what": "later", "text": "한 달 먹었는데 좋아요."}).status_code == 302
    assert "한 달 먹었는데 좋아요." in client.get(reverse("shop:reviews", args=[review.product_id])).content.decode()


@pytest.mark.parametrize("query", ["stars=9", "stars=x", "sort=nope", "photos=maybe", "page=99", "q=" + "가" * 200])
def test_a_strange_address_is_as_if_nothing_had_been_asked(client, query):
    review = a_review()
    assert client.get(reverse("shop:reviews", args=[review.product_id]) + f"?{query}").status_code == 200


def test_the_seller_answers_chooses_and_reports_the_house_decides(client):
    review = a_review()
    client.force_login(staff_of(review.product.seller, "PRODUCT"))
    assert WORDS[:8] in client.get(reverse("seller:reviews") + "?reply=no").content.decode()
    client.post(reverse("seller:reply", args=[review.pk]), {"reply": "고맙습니다"})
    client.post(reverse("seller:decide_review", args=[review.pk]), {"deed": "best"})
    client.post(reverse("seller:decide_review", args=[review.pk]), {"deed": "report", "reason": "개인정보가 있어요"})
    review.refresh_from_db()
    assert review.seller_reply == "고맙습니다" and review.best_at and review.reports.get().by_seller
    assert client.post(reverse("seller:decide_review", args=[review.pk]), {"deed": "hide"}).status_code == 404

    client.force_login(a_person("CS"))
    assert "신고됨" in client.get(reverse("office:reviews") + "?state=reported").content.decode()
    decide = reverse("office:decide_review", args=[review.pk])
    assert client.post(decide, {"deed": "hide", "why": ""}).status_code == 422
    assert client.post(decide, {"deed": "hide", "why": "전화번호가 있어요"}).status_code == 302
    client.force_login(review.author)
    assert "전화번호가 있어요" in client.get(reverse("shop:edit_review", args=[review.pk])).content.decode()
    assert AuditEntry.objects.filter(action="reviews.hidden").exists()


def test_another_shops_review_is_not_there(client):
    review, other = a_review(), a_review()
    client.force_login(staff_of(other.product.seller))
    for name in ("review", "reply", "decide_review"):
        url = reverse(f"seller:{name}", args=[review.pk])
        assert (client.get(url) if name == "review" else client.post(url)).status_code == 404


def test_the_pages_cost_the_same_however_many_write(client, django_assert_max_num_queries):
    option = an_option(stock=20)
    for _ in range(12):
        a_review(option)
    with django_assert_max_num_queries(8):
        client.get(reverse("shop:reviews", args=[option.product_id]))
    client.force_login(staff_of(option.product.seller))
    with django_assert_max_num_queries(12):
        client.get(reverse("seller:reviews"))
    client.force_login(a_person("OPERATOR"))
    with django_assert_max_num_queries(16):
        client.get(reverse("office:reviews"))
