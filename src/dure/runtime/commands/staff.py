"""`dure staff EMAIL NAME ROLE…`: let somebody work in the house. The first operator comes in this way.

The password is read from the terminal (or, when there is none, the first line of standard input); somebody who has an
account keeps it and gains the roles.
"""

from __future__ import annotations

import argparse
import getpass
import sys

import django

from dure.runtime.words import Problem, say


def command(argv: list[str]) -> int:
    django.setup()
    from dure.people.models import Role

    parser = argparse.ArgumentParser(prog="dure staff")
    parser.add_argument("email")
    parser.add_argument("name")
    parser.add_argument("roles", nargs="+", choices=list(Role.values), metavar="ROLE", help=", ".join(Role.values))
    asked = parser.parse_args(argv)
    _let_in(asked.email, asked.name, asked.roles)
    say(f"{asked.email}: {', '.join(asked.roles)}", f"{asked.email}: {', '.join(asked.roles)}")
    return 0


def _let_in(email: str, name: str, roles: list[str]) -> None:
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError
    from django.db import transaction

    from dure.people import actions
    from dure.people.models import Role, User

    user = User.objects.filter(email=email.lower()).first()
    password = None if user else _password()
    if password is not None:
        try:
            validate_password(password)
        except ValidationError as error:
            raise Problem(" ".join(error.messages), " ".join(error.messages)) from error
    with transaction.atomic():
        user = user or User.objects.create_user(email, password, name=name)
        for role in roles:
            actions.grant(user, role, by=None, why="dure staff")
        if set(roles) & {Role.OPERATOR, Role.FINANCE, Role.CS} and not user.is_staff:
            user.is_staff = True
            user.save(update_fields=["is_staff"])


def _password() -> str:
    return getpass.getpass("비밀번호 / password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
