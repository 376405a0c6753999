"""Django's sessions in the database, read by a statement that is compiled once: every page of somebody known begins with it."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models.functions import Now

from dure.kit.prepared import Prepared, Slot

VALID = Prepared(lambda: Session.objects.filter(session_key=Slot("key", "text"), expire_date__gt=Now()))


class SessionStore(db.SessionStore):
    def _get_session_from_db(self) -> Any:
        found = VALID(key=self.session_key)
        if found:
            return found[0]
        self._session_key = None
        return None
