"""Who may do what in the seller centre: every page and every deed, for every role."""

import pytest
from django.urls import reverse

from builders import a_line, a_person, a_shipping_policy, an_option
from dure.commerce.sellers import actions
from dure.commerce.sellers.models import Member, Seller
from dure.kit.models import AuditEntry

pytestmark = pytest.mark.django_db

ROLES = [role.value for role in Member.Role]
EVERYBODY = set(ROLES)
OWNER, PRODUCT, ORDERS, FINANCE = {"OWNER"}, {"OWNER", "PRODUCT"}, {"OWNER", "ORDERS"}, {"OWNER", "FINANCE"}
SEES_ORDERS = {"OWNER", "ORDERS", "FINANCE", "READ_ONLY"}
SEES_MONEY = {"OWNER", "FINANCE", "READ_ONLY"}

# (method, name, who may). `product`, `line`, `photo`, `member` in the arguments are filled in.
MATRIX = [
    ("get", "home", EVERYBODY),
    ("get", "steps", EVERYBODY),
    ("get", "people", EVERYBODY),
    ("get", "products", EVERYBODY),
    ("get", "product", EVERYBODY, "product"),
    ("get", "new_product", PRODUCT),
    ("get", "reviews", EVERYBODY),
    ("get", "orders", SEES_ORDERS),
    ("get", "order", SEES_ORDERS, "line"),
    ("get", "claims", SEES_ORDERS),
    ("get", "settlements", SEES_MONEY),
    ("post", "save_profile", PRODUCT),
    ("post", "save_shipping", PRODUCT),
    ("post", "save_business", OWNER),
    ("post", "save_account", OWNER),
    ("post", "submit", OWNER),
    ("post", "invite_staff", OWNER),
    ("post", "change_role", OWNER, "member"),
    ("post", "remove_member", OWNER, "member"),
    ("post", "take_back_member", OWNER),
    ("post", "new_product", PRODUCT),
    ("post", "save_words", PRODUCT, "product"),
    ("post", "save_options", PRODUCT, "product"),
    ("post", "save_notice", PRODUCT, "product"),
    ("post", "add_photo", PRODUCT, "product"),
    ("post", "move_product", PRODUCT, "product"),
    ("post", "acknowledge_picked", ORDERS),
    ("post", "acknowledge", ORDERS, "line"),
    ("post", "dispatch", ORDERS, "line"),
    ("post", "upload_waybills", ORDERS),
]


@pytest.fixture
def shop():
    shop = Seller.objects.create(name="순이네", status="APPROVED")
    Member.objects.create(seller=shop, user=a_person(), role="OWNER")
    a_shipping_policy(shop)
    return shop


def a_member(shop, role, **person):
    return Member.objects.create(seller=shop, user=a_person(**person), role=role)


@pytest.mark.parametrize("role", ROLES)
def test_every_role_does_its_own_work_and_no_other(client, shop, role):
    line = a_line(option=an_option(seller=shop))
    colleague = a_member(shop, "READ_ONLY")
    known = {"product": line.option.product_id, "line": line.pk, "member": colleague.pk}
    client.force_login(a_member(shop, role).user)
    for method, name, who, *args in MATRIX:
        answer = getattr(client, method)(reverse(f"seller:{name}", args=[known[a] for a in args]))
        allowed = role in who
        assert (answer.status_code != 403) == allowed, f"{role}: {method} {name} gave {answer.status_code}"
        if not allowed:
            assert "가게 대표에게" in answer.content.decode()


def every_deed():
    """The addresses of all views of the seller centre that need a shop, with numbers that nothing has."""
    from dure.sites.seller.urls import urlpatterns

    nested = [deeper for pattern in urlpatterns for deeper in getattr(pattern, "url_patterns", [pattern])]
    for pattern in nested:
        if pattern.name not in {"join", "apply", "switch", "leave"}:
            numbers = dict.fromkeys(pattern.pattern.converters, 2_000_000_000)
            yield reverse(f"seller:{pattern.name}", kwargs=numbers)


def test_who_only_reads_changes_nothing_anywhere(client, shop):
    client.force_login(a_member(shop, "READ_ONLY").user)
    for url in every_deed():
        changed = client.post(url, {})
        # Refused, not there, or a page that takes no notice of a form (200 as for GET).
        assert changed.status_code in {403, 404, 405} or client.get(url).status_code == changed.status_code == 200, url


def test_the_menu_shows_only_what_the_role_opens(client, shop):
    client.force_login(a_member(shop, "PRODUCT").user)
    page = client.get(reverse("seller:home")).content.decode()
    assert reverse("seller:products") in page and reverse("seller:settlements") not in page


def test_a_colleague_is_invited_with_a_role_sent_away_and_taken_back(client, shop):
    owner = shop.members.get().user
    client.force_login(owner)
    asked = {"name": "김직원", "phone": "", "role": "ORDERS"}
    assert client.post(reverse("seller:invite_staff"), asked).status_code == 302
    link = shop.invitations.get()
    page = client.get(reverse("seller:people")).content.decode()
    assert link.code in page and "<svg" in page and "김직원" in page

    colleague = actions.accept(link, a_person(name="김직원"))
    assert colleague.role == "ORDERS"
    client.post(reverse("seller:change_role", args=[colleague.pk]), {"role": "FINANCE"})
    colleague.refresh_from_db()
    assert colleague.role == "FINANCE"
    client.post(reverse("seller:remove_member", args=[colleague.pk]))
    assert "실행 취소" in (page := client.get(reverse("seller:people")).content.decode()) or "되돌리기" in page
    assert not Seller.objects.of(colleague.user).exists()
    client.post(reverse("seller:take_back_member"), {"user": colleague.user_id})
    assert Member.objects.get(seller=shop, user=colleague.user).role == "FINANCE"
    told = AuditEntry.objects.filter(subject=f"sellers.seller:{shop.pk}").values_list("action", flat=True)
    assert {
        "sellers.staff_invited",
        "sellers.role_changed",
        "sellers.member_removed",
        "sellers.member_taken_back",
    } <= set(told)


def test_an_unknown_role_is_refused_in_words(client, shop):
    client.force_login(shop.members.get().user)
    colleague = a_member(shop, "ORDERS")
    answer = client.post(reverse("seller:change_role", args=[colleague.pk]), {"role": "KING"})
    assert answer.status_code == 422 and "목록에서 골라" in answer.content.decode()


def test_the_last_owner_stays(client, shop):
    owner = shop.members.get()
    client.force_login(owner.user)
    for name, args, form in [("leave", [], {}), ("change_role", [owner.pk], {"role": "ORDERS"}),
                             ("remove_member", [owner.pk], {})]:  # fmt: skip
        answer = client.post(reverse(f"seller:{name}", args=args), form)
        assert answer.status_code == 409 and "대표는 한 명 이상" in answer.content.decode(), name
    owner.refresh_from_db()
    assert owner.role == "OWNER"


def test_another_shops_people_are_not_there(client, shop):
    other = Seller.objects.create(name="남의 가게")
    theirs = Member.objects.create(seller=other, user=a_person(), role="OWNER")
    client.force_login(shop.members.get().user)
    for name in ("change_role", "remove_member"):
        assert client.post(reverse(f"seller:{name}", args=[theirs.pk]), {"role": "ORDERS"}).status_code == 404
    refused = client.post(reverse("seller:take_back_member"), {"user": theirs.user_id})
    assert refused.status_code == 409 and not shop.members.filter(user=theirs.user).exists()


def test_a_person_of_two_shops_has_in_each_its_own_role(client, shop):
    person = a_person()
    second = Seller.objects.create(name="둘째 가게", status="APPROVED")
    a_member(second, "OWNER")
    Member.objects.create(seller=shop, user=person, role="READ_ONLY")
    Member.objects.create(seller=second, user=person, role="OWNER")
    client.force_login(person)
    assert client.get(reverse("seller:new_product")).status_code == 403
    client.post(reverse("seller:switch", args=[second.pk]))
    assert client.get(reverse("seller:new_product")).status_code == 200
