"""What each role of a shop may do; comparing names and hiding numbers. Pure."""

from __future__ import annotations

import re
import unicodedata

_LEGAL_FORM = re.compile(
    r"\((?:주|유|사|재|합)\)|㈜|㈔|㈐|주식회사|유한회사|유한책임회사|사단법인|재단법인|농업회사법인|영농조합법인"
)


def digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def name_key(name: str) -> str:
    """A holder's name for comparison: no spaces, no legal form, one width, one case. `(주) 두레` equals `주식회사두레`."""
    bare = _LEGAL_FORM.sub("", unicodedata.normalize("NFKC", name))
    return re.sub(r"[\s()·.,-]", "", bare).casefold()


def same_holder(written: str, bank_says: str) -> bool:
    """Banks cut long names off: equal, or the bank's name is a beginning (5 letters or more) of the written one."""
    ours, theirs = name_key(written), name_key(bank_says)
    return bool(ours) and (ours == theirs or (len(theirs) >= 5 and ours.startswith(theirs)))


def same_filing(written: str, registered: str) -> bool:
    """Numbers of a mail-order filing as people copy them: `제2026-서울종로-0123호` is `2026-서울종로-123`."""
    return _filing_key(written) == _filing_key(registered) != ()


def _filing_key(number: str) -> tuple[str, ...]:
    bare = re.sub(r"^제|호$|\s", "", unicodedata.normalize("NFKC", number).strip())
    return tuple(part.lstrip("0") or "0" if part.isdigit() else part for part in bare.split("-") if part)


def hidden(name: str) -> str:
    """`김두레` as `김*레`, `김두` as `김*`: enough to recognise one's own name, too little to learn another's."""
    if len(name) <= 2:
        return name[:1] + "*" * (len(name) - 1)
    return name[0] + "*" * (len(name) - 2) + name[-1]


# What a member of a shop may change, and which pages they may open. `owner` is the company, the account and the people.
AREAS = ("owner", "shop", "products", "orders", "finance")
CHANGES: dict[str, frozenset[str]] = {
    "OWNER": frozenset(AREAS),
    "PRODUCT": frozenset({"products", "shop"}),
    "ORDERS": frozenset({"orders"}),
    "FINANCE": frozenset({"finance"}),
    "READ_ONLY": frozenset(),
}
SEES: dict[str, frozenset[str]] = {
    "OWNER": frozenset(AREAS),
    "PRODUCT": frozenset({"products", "shop"}),  # no buyer's address
    "ORDERS": frozenset({"products", "orders", "shop"}),  # no settlement
    "FINANCE": frozenset({"products", "orders", "finance", "shop"}),
    "READ_ONLY": frozenset({"products", "orders", "finance", "shop"}),
}


def may_change(role: str, *areas: str) -> bool:
    """Whether `role` may change something of one of `areas`."""
    return not CHANGES.get(role, frozenset()).isdisjoint(areas)


def may_see(role: str, *areas: str) -> bool:
    return not SEES.get(role, frozenset()).isdisjoint(areas)
