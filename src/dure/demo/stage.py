"""What the parts of the demo's build hand to one another."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from dure.people.models import User

Say = Callable[[str], None]


@dataclass
class Shop:
    """One shop of `content.SHOPS` on its way: its lead, its seller, its owner, its products on sale."""

    name: str
    trade: str
    market: str
    place: str
    owner_name: str
    owner: User | None = None
    seller: Any = None
    products: list[Any] = field(default_factory=list)


@dataclass
class Stage:
    dice: random.Random
    first: date
    last: date
    say: Say
    staff: dict[str, list[User]] = field(default_factory=dict)
    shops: list[Shop] = field(default_factory=list)
    buyers: list[User] = field(default_factory=list)

    def one(self, role: str) -> User:
        """Somebody of the staff with `role`."""
        return self.dice.choice(self.staff[role])

    def key(self) -> uuid.UUID:
        return uuid.UUID(int=self.dice.getrandbits(128), version=4)
