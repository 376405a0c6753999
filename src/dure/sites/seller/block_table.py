"""The detail page as a form: blocks as numbered groups of fields, laid out anew by plain buttons, kept only by 저장.

Pictures travel in a signed field, so that a form can name only pictures that were uploaded here.
"""

from __future__ import annotations

from typing import Any

from django.core import signing
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from dure.commerce.catalog import blocks
from dure.kit import images
from dure.kit.errors import DureError

SALT = "catalog.block-picture"
NEW_ROWS, NEW_COLUMNS = 3, 2
Block = dict[str, Any]


def of(kept: list[Block]) -> list[Block]:
    """Kept blocks as the form shows them."""
    return [shown(block) for block in kept]


def shown(block: Block) -> Block:
    """A block with what its fields need beside what it is."""
    made = {**block}
    if block["type"] == "photo":
        made["signed"] = _sign(block)
    if block["type"] == "compare":
        made["sides"] = [(side, block.get(side) or {}, _sign(block.get(side) or {})) for side in ("before", "after")]
    if block["type"] == "table":
        made["width"] = max((len(row) for row in block.get("rows", [])), default=0)
    return made


def new(kind: str) -> Block | None:
    """An empty block of a kind."""
    if kind not in blocks.KINDS:
        return None
    return {"type": kind, **({"rows": [[""] * NEW_COLUMNS for _ in range(NEW_ROWS)]} if kind == "table" else {})}


def typed(data: QueryDict, files: MultiValueDict[str, Any]) -> tuple[list[Block], dict[int, str]]:
    """What was typed, in its order; and why a picture could not be taken, by the block's number from 0."""
    found: list[Block] = []
    refused: dict[int, str] = {}
    for n in data.getlist("block")[: 2 * blocks.MOST]:
        if not n.isdecimal() or data.get(f"b{n}-type") not in blocks.KINDS:
            continue
        try:
            found.append(_block(data, files, n))
        except DureError as error:
            refused[len(found)] = str(error)
            found.append(_block(data, MultiValueDict(), n))
    return found, refused


def _block(data: QueryDict, files: MultiValueDict[str, Any], n: str) -> Block:
    kind = data[f"b{n}-type"]
    block: Block = {"type": kind}
    for name in ("text", "caption", "title", "url", "tone"):
        if f"b{n}-{name}" in data:
            block[name] = data[f"b{n}-{name}"]
    if kind == "photo":
        block |= _picture(data, files, f"b{n}")
    elif kind == "compare":
        block |= {side: _picture(data, files, f"b{n}-{side}") for side in ("before", "after")}
    elif kind == "table":
        width = max(
            1,
            min(
                blocks.MOST_COLUMNS, int(data.get(f"b{n}-width") or 1) if data.get(f"b{n}-width", "").isdecimal() else 1
            ),
        )
        cells = data.getlist(f"b{n}-cell")[: blocks.MOST_ROWS * blocks.MOST_COLUMNS]
        block["rows"] = [cells[at : at + width] for at in range(0, len(cells), width)]
    return block


def _picture(data: QueryDict, files: MultiValueDict[str, Any], name: str) -> Block:
    if upload := files.get(f"{name}-file"):
        picture = images.keep(upload, "blocks")
        kept: Block = {"image": picture.name, "width": picture.width, "height": picture.height}
    else:
        kept = _unsigned(data.get(f"{name}-picture", ""))
    return {**kept, "alt": data.get(f"{name}-alt", "")} if kept else {}


def _sign(picture: Block) -> str:
    if not picture.get("image"):
        return ""
    return signing.dumps([picture["image"], picture.get("width", 0), picture.get("height", 0)], salt=SALT)


def _unsigned(text: str) -> Block:
    try:
        image, width, height = signing.loads(text, salt=SALT) if text else ("", 0, 0)
    except signing.BadSignature:
        return {}
    return {"image": image, "width": width, "height": height} if image else {}


def arranged(found: list[Block], do: str) -> tuple[list[Block], int | None]:
    """The blocks after a button: `up:3`, `down:3`, `remove:3`, `row:3`, `column:3`, `add:text`; and which to look at."""
    verb, _colon, what = do.partition(":")
    if verb == "add":
        made = new(what)
        return ([*found, made], len(found)) if made and len(found) < blocks.MOST else (found, None)
    at = int(what) if what.isdecimal() else -1
    if not 0 <= at < len(found):
        return found, None
    if verb == "remove":
        return [*found[:at], *found[at + 1 :]], max(0, at - 1) if len(found) > 1 else None
    if verb in {"up", "down"}:
        to = at + (-1 if verb == "up" else 1)
        if 0 <= to < len(found):
            found[at], found[to] = found[to], found[at]
            return found, to
    rows = found[at].get("rows")
    if verb == "row" and rows and len(rows) < blocks.MOST_ROWS:
        rows.append([""] * len(rows[0]))
    if verb == "column" and rows and len(rows[0]) < blocks.MOST_COLUMNS:
        for row in rows:
            row.append("")
    return found, at
