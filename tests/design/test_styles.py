"""A class is described in one file: two pages that meant different things by one name have undone each other unseen."""

import re
from collections import defaultdict
from pathlib import Path

CSS = Path(__file__).parents[2] / "frontend/src/css"
PRINTED = "print.css"  # says of known classes how they look on paper
COMMENT = re.compile(r"/\*.*?\*/", re.S)
SELECTORS = re.compile(r"([^{};]+)\{")
INSIDE = re.compile(r"\([^()]*\)")  # of `:is(…)`, of a media query
ALONE = re.compile(r"\.([a-zA-Z][\w-]*)")


def described(sheet):
    """The classes a sheet says something of as such, not only within something else."""
    for selectors in SELECTORS.findall(INSIDE.sub("()", COMMENT.sub("", sheet))):
        for selector in selectors.split(","):
            if found := ALONE.fullmatch(selector.strip()):
                yield found[1]


def test_no_class_is_described_in_two_files():
    where = defaultdict(set)
    for file in CSS.glob("*.css"):
        if file.name != PRINTED:
            for name in described(file.read_text()):
                where[name].add(file.name)
    assert where["button"] and {name: sorted(files) for name, files in where.items() if len(files) > 1} == {}


def test_a_class_within_something_else_or_another_state_is_not_meant():
    sheet = """
      .card { a: b } .side .card, .card--warm { c: d }
      @media (width < 60rem) { .row, .card:hover { e: f } } .on :is(.foot, .bar) { g: h }
    """
    assert list(described(sheet)) == ["card", "card--warm", "row"]
