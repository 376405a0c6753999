"""`dure messages`: compile the English catalogues; `--check`: find what is not translated; `--add`: note it in them.

The source language is Korean. Each Django app keeps the catalogue of its own strings,
`<app>/locale/en/LC_MESSAGES/django.po`; a string outside any app belongs to the nearest folder above that has one.
"""

from __future__ import annotations

import argparse
import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polib

from dure.runtime.words import complain, say

WIDTH = 110
ROOT = Path(__file__).parents[2]
CATALOGUE = Path("locale/en/LC_MESSAGES/django.po")
CALLS = {
    "_": ("msgid",), "__": ("msgid",), "gettext": ("msgid",), "gettext_lazy": ("msgid",), "gettext_noop": ("msgid",),
    "ngettext": ("msgid", "plural"), "ngettext_lazy": ("msgid", "plural"),
    "pgettext": ("context", "msgid"), "pgettext_lazy": ("context", "msgid"),
    "npgettext": ("context", "msgid", "plural"), "npgettext_lazy": ("context", "msgid", "plural"),
}  # fmt: skip
STRING = r"""u?(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
IN_TEMPLATE = re.compile(rf"\b(n?p?gettext|_)\(\s*({STRING}(?:\s*,\s*{STRING})*)")
HANGUL = re.compile("[가-힣]")
PLACEHOLDER = re.compile(r"%\((\w+)\)|\{(\w*)\}")
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
SAME_IN_ENGLISH = {"두레", "한국어"}  # the name of the house, and of the language in itself


@dataclass(frozen=True)
class Message:
    msgid: str
    plural: str
    context: str
    where: str  # path:line

    @property
    def path(self) -> str:
        return self.where.rsplit(":", 1)[0]

    @property
    def key(self) -> tuple[str, str]:
        return self.context, self.msgid


def command(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="dure messages")
    parser.add_argument("--check", action="store_true", help="report what is missing and exit 1")
    parser.add_argument("--add", action="store_true", help="write what is missing into the catalogues, untranslated")
    options = parser.parse_args(argv)
    if options.add:
        add_missing()
    if options.check:
        faults = list(check())
        for fault in faults:
            complain(fault)
        say(
            f"번역: 고칠 것 {len(faults)}개" if faults else "번역: 모두 갖춰졌어요",
            f"translations: {len(faults)} to fix" if faults else "translations: complete",
        )
        return 1 if faults else 0
    compile_all()
    return 0


def compile_all() -> int:
    """Compile each catalogue newer than its compiled form; returns how many."""
    made = 0
    for po in catalogues():
        mo = po.with_suffix(".mo")
        if not mo.exists() or mo.stat().st_mtime < po.stat().st_mtime:
            polib.pofile(str(po)).save_as_mofile(str(mo))
            made += 1
    return made


def catalogues() -> list[Path]:
    return sorted(ROOT.rglob(str(CATALOGUE)))


def check() -> Iterator[str]:
    """One sentence a fault: untranslated, fuzzy, placeholders that differ, Hangul outside gettext in a template."""
    entries: dict[tuple[str, str], list[Any]] = {}
    for po in catalogues():
        for entry in polib.pofile(str(po)):
            if not entry.obsolete:
                entries.setdefault((entry.msgctxt or "", entry.msgid), []).append(entry)
    seen = set()
    for message in extract():
        if message.key in seen or not HANGUL.search(message.msgid):
            continue
        seen.add(message.key)
        found = entries.get(message.key, [])
        if not any(entry.translated() for entry in found):
            state = "fuzzy" if any(entry.fuzzy for entry in found) else "no English"
            yield f"{message.where}: {state}: {message.msgid!r} → {home_of(message)}"
        for entry in found:
            yield from _placeholders(message, entry)
    yield from bare_hangul()


def _placeholders(message: Message, entry: Any) -> Iterator[str]:
    wanted = _names(message.msgid)
    answers = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
    for answer in answers:
        if answer and not _names(answer) <= wanted | _names(message.plural):
            yield f"{message.where}: placeholders differ: {message.msgid!r} / {answer!r}"


def _names(text: str) -> set[str]:
    return {a or b for a, b in PLACEHOLDER.findall(text)}


def add_missing() -> None:
    by_file: dict[Path, list[Message]] = {}
    known = {(e.msgctxt or "", e.msgid) for po in catalogues() for e in polib.pofile(str(po)) if not e.obsolete}
    for message in extract():
        if message.key not in known and HANGUL.search(message.msgid):
            known.add(message.key)
            by_file.setdefault(ROOT / home_of(message), []).append(message)
    for path, messages in by_file.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        blocks = path.read_text().strip().split("\n\n") if path.exists() else [_header()]
        for message in messages:
            blocks.insert(_place(blocks, message.path), _entry(message))
        path.write_text("\n\n".join(blocks) + "\n")


def _place(blocks: list[str], path: str) -> int:
    """Beside the strings of its own file, so that two people who add strings to an app rarely touch the same lines."""
    same = [i for i, block in enumerate(blocks) if path in _files(block)]
    before = [i for i, block in enumerate(blocks) if "" < min(_files(block), default="") < path]
    return max(same or before, default=len(blocks) - 1) + 1


def _files(block: str) -> set[str]:
    words = " ".join(line[2:] for line in block.splitlines() if line.startswith("#:")).split()
    return {word.partition(":")[0] for word in words}


def _entry(message: Message) -> str:
    """As every catalogue writes it: one width, and the file without its line, which would be old tomorrow."""
    entry = polib.POEntry(msgid=message.msgid, msgctxt=message.context or None, occurrences=[(message.path, "")])
    if message.plural:
        entry.msgid_plural, entry.msgstr_plural = message.plural, {0: "", 1: ""}
    return str(entry.__unicode__(wrapwidth=WIDTH)).strip()


def _header() -> str:
    po = polib.POFile(wrapwidth=WIDTH)
    po.metadata = HEADER
    return str(po).strip()


HEADER = {
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Language": "en",
    "Plural-Forms": "nplurals=2; plural=(n != 1);",
}


def home_of(message: Message) -> Path:
    """The catalogue (relative to the package) that owns a message: that of the nearest app or folder above."""
    folder = (ROOT / message.where.rsplit(":", 1)[0]).parent
    for place in [folder, *folder.parents]:
        if place == ROOT:
            break
        if (place / CATALOGUE).exists() or place.relative_to(ROOT).as_posix().replace("/", ".") in _apps():
            return (place / CATALOGUE).relative_to(ROOT)
    return Path("sites/design") / CATALOGUE


def _apps() -> set[str]:
    from dure.settings import INSTALLED_APPS

    return {name.removeprefix("dure.") for name in INSTALLED_APPS if name.startswith("dure.")}


def extract() -> Iterator[Message]:
    for path in sorted(ROOT.rglob("*.py")):
        if "migrations" not in path.parts:
            yield from in_python(path)
    for path in templates():
        yield from in_template(path)


def templates() -> list[Path]:
    found = (p for p in ROOT.rglob("*") if p.suffix in {".html", ".txt", ".svg"} and "templates" in p.parts)
    return sorted(p for p in found if p.is_file())


def in_python(path: Path) -> Iterator[Message]:
    for node in ast.walk(ast.parse(path.read_text(), str(path))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        strings = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
        parts = CALLS.get(name)
        if parts and len(strings) >= len(parts):
            yield _message(parts, strings, f"{path.relative_to(ROOT)}:{node.lineno}")


def in_template(path: Path) -> Iterator[Message]:
    from django.conf import settings
    from django.utils.translation.template import templatize

    if not settings.configured:
        settings.configure(USE_I18N=True)
    code = templatize(path.read_text(), origin=str(path))
    for match in IN_TEMPLATE.finditer(code):
        strings = [ast.literal_eval(text) for text in re.findall(STRING, match[2])]
        parts = CALLS[match[1]]
        if len(strings) >= len(parts):
            line = code.count("\n", 0, match.start()) + 1
            plain = [text.replace("%%", "%") if match[1] != "_" else text for text in strings]
            yield _message(parts, plain, f"{path.relative_to(ROOT)}:{line}")


def _message(parts: tuple[str, ...], strings: list[str], where: str) -> Message:
    values = dict(zip(parts, strings, strict=False))
    return Message(values["msgid"], values.get("plural", ""), values.get("context", ""), where)


def bare_hangul() -> Iterator[str]:
    """Korean in a template that no gettext tag holds would be Korean in the English page, too."""
    from django.template.base import Lexer, TokenType

    for path in templates():
        inside = ""
        for token in Lexer(path.read_text()).tokenize():
            if token.token_type == TokenType.BLOCK:
                word = token.contents.split()[0]
                if word in {"blocktranslate", "blocktrans", "comment"}:
                    inside = f"end{word}"
                elif word == inside:
                    inside = ""
            elif token.token_type == TokenType.TEXT and not inside:
                text = COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), token.contents)
                for match in re.finditer("[가-힣]+", text):
                    if match[0] not in SAME_IN_ENGLISH:
                        line = (token.lineno or 1) + text.count("\n", 0, match.start())
                        yield f"{path.relative_to(ROOT)}:{line}: Korean outside gettext: {match[0]}"
                        break
