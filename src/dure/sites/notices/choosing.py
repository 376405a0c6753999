"""The table of who wants what by which way, for the pages of buyers and of shops."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from dure.messaging import actions, queries
from dure.messaging.kinds import CHANNELS, TALK, TEXT, Kind
from dure.people.models import User


@dataclass(frozen=True)
class Cell:
    value: str  # of the checkbox
    channel: Any
    on: bool


@dataclass(frozen=True)
class Row:
    kind: Kind
    cells: list[Cell]
    refused: bool = False


def rows(
    audience: str, whose: Sequence[str], areas: Collection[str] | None = None, refused: Collection[str] = ()
) -> list[Row]:
    return [
        Row(
            choice.kind,
            [Cell(f"{choice.kind.code}|{c}", CHANNELS[c], on) for c, on in choice.on.items()],
            choice.kind.code in refused,
        )
        for choice in queries.choices(audience, whose, areas)
    ]


def save(picked: Sequence[str], shown: Sequence[Row], whose: Sequence[str], by: User) -> list[str]:
    """What was ticked of what was shown; returns the kinds whose last way the law keeps."""
    wanted: dict[str, set[str]] = {row.kind.code: set() for row in shown}
    for value in picked:
        code, _bar, channel = value.partition("|")
        if code in wanted and channel in CHANNELS:
            wanted[code].add(channel)
    return actions.choose_many(whose, wanted, by=by)


def headings() -> list[Any]:
    return [CHANNELS[TALK], CHANNELS[TEXT], CHANNELS["EMAIL"]]
