"""Consent to advertising: given and taken back with its date and how; told of; asked for again every two years.

Each is a dated row of `people.Consent`. AD_NIGHT allows texts from 21:00 to 08:00 to those who take texts at all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import timedelta

from django.db import transaction
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dure.config import load
from dure.kit import clock, tokens
from dure.messaging import rules
from dure.messaging.errors import BadStopLink
from dure.messaging.kinds import EMAIL, TEXT
from dure.people import actions as people
from dure.people.actions import consent_subject
from dure.people.models import Consent, User

AD_EMAIL, AD_TEXT, AD_NIGHT = "AD_EMAIL", "AD_TEXT", "AD_NIGHT"
PURPOSES = {
    AD_EMAIL: gettext_lazy("이메일로 받는 광고"),
    AD_TEXT: gettext_lazy("문자로 받는 광고"),
    AD_NIGHT: gettext_lazy("밤(21시-8시)에 받는 광고 문자"),
}
BY_CHANNEL = {EMAIL: AD_EMAIL, TEXT: AD_TEXT}
STOP = "messaging.stop"
STOP_LINK_FOR = timedelta(days=400)
SETTINGS = "/notices/"


def of_users(users: Collection[int]) -> dict[int, set[str]]:
    """The purposes each agrees to now; one query."""
    if not users:
        return {}
    subjects = {f"people.user:{pk}": pk for pk in users}
    said = Consent.objects.filter(subject__in=subjects, purpose__in=PURPOSES)
    newest = said.order_by("subject", "purpose", "-at", "-id").distinct("subject", "purpose")
    found: dict[int, set[str]] = defaultdict(set)
    for row in newest:
        if row.given:
            found[subjects[row.subject]].add(row.purpose)
    return found


def channels(agreed: Collection[str]) -> set[str]:
    return {channel for channel, purpose in BY_CHANNEL.items() if purpose in agreed}


@transaction.atomic
def change(
    user: User, wanted: Collection[str], *, by: User | None, how: str = "WEB", evidence: str = "", only: str = ""
) -> list[Consent]:
    """From now on exactly the purposes `wanted` (`only`: this one purpose is meant, the others stay). What changes is
    recorded and told. Without texts there is no night.
    """
    User.objects.select_for_update().get(pk=user.pk)  # two presses: one change
    agreed = of_users([user.pk]).get(user.pk, set())
    wish = {*agreed - {only}, *(set(wanted) & {only})} if only else set(wanted)
    if AD_TEXT not in wish:
        wish.discard(AD_NIGHT)
    rows = [
        people.record_consent(user, purpose, by=by, channel=how, evidence=evidence)
        if purpose in wish
        else people.withdraw_consent(user, purpose, by=by, channel=how, evidence=evidence)
        for purpose in PURPOSES
        if (purpose in wish) != (purpose in agreed)
    ]
    _tell_result(user, rows)
    return rows


def history(user: User) -> list[Consent]:
    """Newest first."""
    said = Consent.objects.filter(subject=consent_subject(user), purpose__in=PURPOSES)
    return list(said.order_by("-at", "-id")[:50])


def stop_link(user: int, channel: str) -> str:
    """Where one press stops advertising by a channel, without signing in."""
    token = tokens.sign(STOP, {"user": user, "purpose": BY_CHANNEL[channel]}, int(STOP_LINK_FOR.total_seconds()))
    return f"{load().base_url}{SETTINGS}stop/{token}/"


def meant_by(token: str) -> tuple[User, str]:
    """Whose advertising of which purpose a stop link is about. Raises BadStopLink."""
    try:
        claims = tokens.unsign(STOP, token)
        return User.objects.get(pk=claims["user"]), claims["purpose"]
    except (tokens.BadToken, User.DoesNotExist) as error:
        raise BadStopLink() from error


def stop(token: str) -> str:
    """Withdraw what a stop link is about; pressing twice is one withdrawal. Returns the purpose. Raises BadStopLink."""
    user, purpose = meant_by(token)
    change(user, (), by=user, evidence="stop link", only=purpose)
    return purpose


def opted_out(user: User) -> None:
    """The free number was dialled: the provider tells it with the next message."""
    change(user, (), by=None, how="PHONE", evidence="080", only=AD_TEXT)


def reconfirm() -> int:
    """Who agreed two years ago (or four …) is told that it still stands, and how to end it. Returns how many were told."""
    from dure.messaging.telling import News, Person, tell

    now, told = clock.now(), []
    newest = Consent.objects.filter(purpose__in=PURPOSES, subject__startswith="people.user:")
    rows = newest.order_by("subject", "purpose", "-at", "-id").distinct("subject", "purpose")
    due = [(row, rules.reconfirm_due(row.at, now)) for row in rows if row.given]
    due = [(row, term) for row, term in due if term]
    users = User.objects.in_bulk([int(row.subject.partition(":")[2]) for row, _term in due])
    for row, term in due:
        user = users.get(int(row.subject.partition(":")[2]))
        if user is None or not user.is_active:
            continue
        with translation.override(user.language):
            values = {"name": user.name, "consent": str(PURPOSES[row.purpose]), "day": date_format(row.at)}
        told.append(News("consent.reconfirm", f"consent:{row.pk}:{term}", Person.of(user), values, SETTINGS))
    return tell(told)


def _tell_result(user: User, rows: list[Consent]) -> None:
    from dure.messaging.telling import News, Person, tell

    with translation.override(user.language):
        news = [
            News(
                "consent.changed",
                f"consent:{row.pk}",
                Person.of(user),
                {
                    "name": user.name,
                    "consent": str(PURPOSES[row.purpose]),
                    "did": _("동의") if row.given else _("철회"),
                    "day": date_format(row.at.astimezone(clock.KST), "Y-m-d H:i"),
                },
                SETTINGS,
            )
            for row in rows
        ]
    tell(news)
