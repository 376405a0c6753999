"""Who works in the demo, and how people join it. The start page reads from the market whom one may be."""

from __future__ import annotations

from functools import cache

from dure.people import actions as people
from dure.people.models import Role, User

PASSWORD = "dure-demo-people"
STAFF = (
    ("field@demo.dure.kr", "신현장", Role.FIELD),
    ("field2@demo.dure.kr", "노발품", Role.FIELD),
    ("reviewer@demo.dure.kr", "차심사", Role.REVIEWER),
    ("reviewer2@demo.dure.kr", "편공정", Role.REVIEWER),
    ("md@demo.dure.kr", "문상품", Role.MD),
    ("md2@demo.dure.kr", "백기획", Role.MD),
    ("md3@demo.dure.kr", "추엠디", Role.MD),
    ("creator@demo.dure.kr", "맛있는하루", Role.CREATOR),
    ("creator2@demo.dure.kr", "장보는언니", Role.CREATOR),
    ("operator@demo.dure.kr", "남운영", Role.OPERATOR),
    ("finance@demo.dure.kr", "전정산", Role.FINANCE),
    ("cs@demo.dure.kr", "고상담", Role.CS),
)
OFFICE = {Role.OPERATOR, Role.FINANCE, Role.CS}


def hire() -> dict[str, list[User]]:
    """The staff, by role."""
    hired: dict[str, list[User]] = {}
    for email, name, role in STAFF:
        user = join(email, name)
        people.grant(user, role, by=None, why="demo")
        if role in OFFICE:
            User.objects.filter(pk=user.pk).update(is_staff=True)
        hired.setdefault(role, []).append(user)
    return hired


def join(email: str, name: str, phone: str = "") -> User:
    """Somebody signs up. All passwords of the demo are the same one, hashed once."""
    user = User(email=email, name=name, phone=phone)
    user.password = _hashed()
    user.save()
    return user


@cache
def _hashed() -> str:
    user = User()
    user.set_password(PASSWORD)
    return user.password
