"""Letters by SMTP (Django's e-mail backend; the settings say which server). One connection for many letters.

SMTP has no idempotency key. What the server refused or never got may be tried again; after a line cut in the middle
nobody knows (`UNKNOWN`): a letter is then not sent again by itself. Its Message-ID stays the same in any case, so that a
mailbox can tell a copy.
"""

from __future__ import annotations

import smtplib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.utils import parseaddr

import structlog
from django.core.mail import EmailMultiAlternatives, get_connection

from dure.config import load

log = structlog.get_logger()

SENT, LATER, REFUSED, UNKNOWN = "SENT", "LATER", "REFUSED", "UNKNOWN"


@dataclass(frozen=True)
class Mail:
    """`stop`: where one click withdraws the consent to advertising (RFC 8058)."""

    uid: str
    to: str
    subject: str
    text: str
    html: str
    stop: str = ""


@dataclass(frozen=True)
class Outcome:
    uid: str
    result: str
    why: str = ""


def post(letters: Sequence[Mail]) -> Iterator[Outcome]:
    """How each letter fared, one after the other as they go out. Never raises."""
    if not letters:
        return
    connection = get_connection()
    try:
        connection.open()
    except (OSError, smtplib.SMTPException) as error:
        log.warning("mail_unreachable", error=repr(error))
        yield from (Outcome(letter.uid, LATER, repr(error)) for letter in letters)
        return
    try:
        for letter in letters:
            yield _post(connection, letter)
    finally:
        try:
            connection.close()
        except (OSError, smtplib.SMTPException) as error:
            log.info("mail_closed_badly", error=repr(error))


def message_id(uid: str) -> str:
    return f"<{uid}@{parseaddr(load().mail_from)[1].rpartition('@')[2] or 'dure'}>"


def _post(connection: object, letter: Mail) -> Outcome:
    headers = {"Message-ID": message_id(letter.uid)}
    if letter.stop:
        headers |= {"List-Unsubscribe": f"<{letter.stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    try:
        message = EmailMultiAlternatives(letter.subject, letter.text, to=[letter.to], headers=headers)
        message.attach_alternative(letter.html, "text/html")
        message.connection = connection
        message.send()
    except smtplib.SMTPRecipientsRefused as error:
        code, answer = next(iter(error.recipients.values()))
        return Outcome(letter.uid, _by_code(code), f"{code} {_words(answer)}")
    except smtplib.SMTPResponseException as error:  # sender or data refused
        return Outcome(letter.uid, _by_code(error.smtp_code), f"{error.smtp_code} {_words(error.smtp_error)}")
    except (OSError, smtplib.SMTPException) as error:
        return Outcome(letter.uid, UNKNOWN, repr(error))
    except ValueError as error:  # an address or subject that no letter can carry
        return Outcome(letter.uid, REFUSED, repr(error))
    return Outcome(letter.uid, SENT)


def _by_code(code: int) -> str:
    return REFUSED if 500 <= code < 600 else LATER


def _words(answer: bytes | str) -> str:
    return answer.decode(errors="replace") if isinstance(answer, bytes) else str(answer)
