"""Who is signed in, with what every page asks of them next: their roles in the house, and whether they sell.

One statement instead of three. The rest of signing in is allauth's.
"""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from dure.people.models import User

PERSON = """
    SELECT u.*, ARRAY(SELECT role::text FROM people_grant WHERE user_id = u.id) AS held,
           EXISTS (SELECT FROM sellers_member WHERE user_id = u.id) AS sells
      FROM people_user u WHERE u.id = %s
"""


class ByEmail(AuthenticationBackend):
    def get_user(self, user_id: Any) -> User | None:
        user = next(iter(User.objects.raw(PERSON, [user_id])), None)
        if user is None or not self.user_can_authenticate(user):
            return None
        user.know_roles(user.held)  # type: ignore[attr-defined]
        return user
