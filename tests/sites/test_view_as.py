"""An operator looks at the seller centre as a seller: sees everything, changes nothing, leaves a trail."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.urls import reverse

from builders import a_line, a_person, a_shipping_policy, an_option
from dure.commerce.sellers import actions, errors
from dure.commerce.sellers.models import Member, Seller, Visit
from dure.kit import clock
from dure.kit.models import AuditEntry
from dure.people.errors import NotAllowed
from dure.sites.seller import visits
from dure.sites.seller.urls import urlpatterns
from routes import routes

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    shop = Seller.objects.create(name="순이네", status="APPROVED")
    Member.objects.create(seller=shop, user=a_person(name="한순이"), role="OWNER")
    a_shipping_policy(shop)
    return shop


@pytest.fixture
def operator(client, shop):
    person = a_person("OPERATOR", name="운영자")
    client.force_login(person)
    asked = {"reason": "정산 문의 확인", "minutes": "30"}
    assert client.post(reverse("office:view_as", args=[shop.pk]), asked).url == reverse("seller:home")
    return person


def test_the_operator_sees_what_the_seller_sees_and_every_page_is_written_down(client, shop, operator):
    line = a_line(option=an_option(seller=shop))
    for name, args in [("home", []), ("orders", []), ("order", [line.pk]), ("products", []), ("settlements", []),
                       ("reviews", []), ("questions", []), ("steps", []), ("people", [])]:  # fmt: skip
        answer = client.get(reverse(f"seller:{name}", args=args))
        assert answer.status_code == 200, name
        assert "운영자 님이 순이네의 화면을 보기만 하고 있어요" in answer.content.decode()
    pages = AuditEntry.objects.filter(action="sellers.visit_page", subject=f"sellers.seller:{shop.pk}")
    assert pages.count() == 9 and {e.actor for e in pages} == {operator} and pages.first().why == "정산 문의 확인"


def test_no_write_passes_anywhere_in_the_seller_centre(client, shop, operator):
    before = AuditEntry.objects.exclude(action="sellers.visit_page").count()
    for pattern in routes(urlpatterns):
        numbers = {
            name: ("X" if "Str" in type(c).__name__ or "Slug" in type(c).__name__ else shop.pk)
            for name, c in pattern.pattern.converters.items()
        }
        url = reverse(f"seller:{pattern.name}", kwargs=numbers)
        for method in ("post", "put", "patch", "delete"):
            answer = getattr(client, method)(url)
            assert answer.status_code == 403 and "보기만 하는 중" in answer.content.decode(), (method, url)
    assert AuditEntry.objects.exclude(action="sellers.visit_page").count() == before


def test_the_database_refuses_a_page_that_would_write(rf, shop, operator):
    visit = Visit.objects.get()

    def view(request):
        Seller.objects.filter(pk=shop.pk).update(name="바뀐 이름")
        raise AssertionError("written")

    request = rf.get(reverse("seller:home"))
    request.user, request.session = operator, {visits.VISIT: visit.pk}
    with pytest.raises(InternalError, match="read-only"), transaction.atomic():
        visits.Visits(view)(request)
    shop.refresh_from_db()
    assert shop.name == "순이네"
    with connection.cursor() as cursor:  # and what comes after may write again
        cursor.execute("SHOW transaction_read_only")
        Seller.objects.filter(pk=shop.pk).update(story="이야기")


def test_it_ends_by_itself_and_by_a_button(client, shop, operator):
    with clock.at(clock.now() + timedelta(minutes=31)):
        answer = client.get(reverse("seller:home"))
    assert answer.url == reverse("office:seller", args=[shop.pk])
    assert client.get(reverse("seller:home")).url == reverse("seller:apply")  # an operator has no shop
    client.post(reverse("office:view_as", args=[shop.pk]), {"reason": "다시", "minutes": "10"})
    assert client.get(reverse("seller:home")).status_code == 200
    client.post(reverse("office:end_visit"))
    assert client.get(reverse("seller:home")).url == reverse("seller:apply")
    assert not Visit.objects.filter(ended_at=None, until__gt=clock.now() + timedelta(minutes=31)).exists()


def test_who_is_no_operator_any_more_sees_nothing_more(client, shop, operator):
    operator.grants.all().delete()
    assert client.get(reverse("seller:home")).status_code == 302


@pytest.mark.parametrize("role", ["FINANCE", "CS", "MD"])
def test_only_operators_look(client, shop, role):
    client.force_login(a_person(role))
    answer = client.post(reverse("office:view_as", args=[shop.pk]), {"reason": "궁금해서", "minutes": "30"})
    assert answer.status_code == 403 and not Visit.objects.exists()
    with pytest.raises(NotAllowed):
        actions.begin_visit(shop, reason="궁금해서", by=a_person(role))


def test_a_visit_has_a_reason_and_an_hour_at_most(client, shop):
    operator = a_person("OPERATOR")
    client.force_login(operator)
    assert client.post(reverse("office:view_as", args=[shop.pk]), {"reason": "", "minutes": "30"}).status_code == 422
    with pytest.raises(errors.VisitReasonNeeded):
        actions.begin_visit(shop, reason=" ", by=operator)
    visit = actions.begin_visit(shop, reason="확인", minutes=10_000, by=operator)
    assert visit.until - visit.began_at == timedelta(hours=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Visit.objects.filter(pk=visit.pk).update(until=visit.began_at + timedelta(hours=2))
    with pytest.raises(IntegrityError), transaction.atomic():
        Visit.objects.filter(pk=visit.pk).update(reason="")


def test_another_persons_visit_opens_nothing(client, shop, operator):
    visit = Visit.objects.get()
    client.force_login(a_person("OPERATOR"))
    session = client.session
    session["visit"] = visit.pk
    session.save()
    assert client.get(reverse("seller:home")).status_code == 302
