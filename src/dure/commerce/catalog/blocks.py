"""The detail page as blocks: a list of small JSON objects, each of a known kind with known fields, and no HTML anywhere.

    heading   text
    text      text (paragraphs by blank lines)
    photo     image, width, height, alt, caption
    table     rows (a list of lists of texts; the first row heads the columns)
    video     url (of a host we know), title
    callout   text, tone (info, good, warn)
    compare   before, after (pictures as in photo), caption

`clean` is the only way in: what it does not know it drops, what cannot be it refuses with the block's number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.utils.translation import gettext as _

from dure.commerce.catalog.errors import BadBlock

MOST = 60
LONGEST = {"heading": 80, "text": 3000, "callout": 500, "caption": 200, "alt": 120, "title": 80, "cell": 120}
MOST_ROWS, MOST_COLUMNS = 30, 6
TONES = ("info", "good", "warn")
KINDS = ("heading", "text", "photo", "table", "video", "callout", "compare")
_PICTURE = re.compile(r"(products|blocks)/[0-9a-f]{32}-\d{2,4}\.(webp|avif)")

Block = dict[str, Any]


class Wrong(Exception):
    """A sentence of what cannot be in a block."""


def clean(blocks: Sequence[Mapping[str, Any]]) -> list[Block]:
    """The blocks as they are kept; empty ones left out. Raises BadBlock."""
    found = []
    for position, block in enumerate(blocks, 1):
        try:
            made = _CLEANERS[block.get("type", "")](block)
        except KeyError as error:
            raise BadBlock(position=position, why=_("모르는 종류예요.")) from error
        except Wrong as error:
            raise BadBlock(position=position, why=str(error)) from error
        if made:
            found.append({"type": block["type"], **made})
    if len(found) > MOST:
        raise BadBlock(position=MOST + 1, why=_("칸은 %(most)d개까지 놓을 수 있어요.") % {"most": MOST})
    return found


def words(blocks: Sequence[Mapping[str, Any]]) -> list[tuple[int, str]]:
    """(number of the block from 0, every text in it), for whoever reads what is claimed."""
    found = []
    for number, block in enumerate(blocks):
        texts = [str(block[name]) for name in ("text", "caption", "alt", "title") if block.get(name)]
        texts += [cell for row in block.get("rows", []) for cell in row]
        found += [(number, text) for text in texts]
    return found


def pictures(blocks: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Every picture in the blocks."""
    found = []
    for block in blocks:
        found += [part for part in (block, block.get("before"), block.get("after")) if part and part.get("image")]
    return found


def _text(block: Mapping[str, Any], name: str, limit: str = "") -> str:
    text = str(block.get(name) or "").replace("\r\n", "\n").replace("\x00", "").strip()
    most = LONGEST[limit or name]
    if len(text) > most:
        raise Wrong(_("%(most)d자까지 적을 수 있어요.") % {"most": most})
    return text


def _heading(block: Mapping[str, Any]) -> Block:
    text = _text(block, "text", "heading")
    return {"text": " ".join(text.split())} if text else {}


def _paragraphs(block: Mapping[str, Any]) -> Block:
    text = _text(block, "text")
    return {"text": re.sub(r"\n{3,}", "\n\n", text)} if text else {}


def _callout(block: Mapping[str, Any]) -> Block:
    text = _text(block, "text", "callout")
    tone = block.get("tone")
    return {"text": text, "tone": tone if tone in TONES else TONES[0]} if text else {}


def _picture(part: Any) -> Block:
    part = part if isinstance(part, Mapping) else {}
    image = str(part.get("image") or "")
    if not image:
        return {}
    if not _PICTURE.fullmatch(image):
        raise Wrong(_("사진을 다시 올려 주세요."))
    sizes = {name: max(0, min(20_000, int(part.get(name) or 0))) for name in ("width", "height")}
    return {"image": image, **sizes, "alt": _text(part, "alt")}


def _photo(block: Mapping[str, Any]) -> Block:
    picture = _picture(block)
    return {**picture, "caption": _text(block, "caption")} if picture else {}


def _compare(block: Mapping[str, Any]) -> Block:
    before, after = _picture(block.get("before")), _picture(block.get("after"))
    if not before and not after:
        return {}
    if not before or not after:
        raise Wrong(_("전과 후 사진을 둘 다 올려 주세요."))
    return {"before": before, "after": after, "caption": _text(block, "caption")}


def _table(block: Mapping[str, Any]) -> Block:
    given = block.get("rows")
    rows = [[_cell(cell) for cell in row] for row in given if isinstance(row, list)] if isinstance(given, list) else []
    rows = [row for row in rows if any(row)]
    if not rows:
        return {}
    width = max(len(row) for row in rows)
    if len(rows) > MOST_ROWS or width > MOST_COLUMNS:
        raise Wrong(_("표는 %(rows)d줄, %(columns)d칸까지예요.") % {"rows": MOST_ROWS, "columns": MOST_COLUMNS})
    return {"rows": [row + [""] * (width - len(row)) for row in rows]}


def _cell(cell: Any) -> str:
    return _text({"cell": cell}, "cell")


def _video(block: Mapping[str, Any]) -> Block:
    address = str(block.get("url") or "").strip()
    if not address:
        return {}
    video = video_of(address)
    if video is None:
        raise Wrong(_("유튜브, 비메오, 네이버TV 영상의 주소를 붙여 넣어 주세요."))
    return {"url": video.url, "title": _text(block, "title")}


@dataclass(frozen=True)
class Video:
    """A video somewhere else: where it is watched, and whose it is."""

    url: str
    host: str


def video_of(address: str) -> Video | None:
    """The address of a video at a host we know, without what else stood in it; None for anything else."""
    parts = urlsplit(address if "//" in address else f"https://{address}")
    host = (parts.hostname or "").removeprefix("www.").removeprefix("m.")
    if parts.scheme not in {"http", "https"}:
        return None
    if host == "youtu.be":
        return _known(parts.path[1:], r"[\w-]{6,20}", "https://www.youtube.com/watch?v={}", "YouTube")
    if host in {"youtube.com", "youtube-nocookie.com"}:
        named = parse_qs(parts.query).get("v", [""])[0]
        short = re.fullmatch(r"/(?:shorts|embed|live)/([\w-]+)/?", parts.path)
        code = short[1] if short else named
        return _known(code, r"[\w-]{6,20}", "https://www.youtube.com/watch?v={}", "YouTube")
    if host == "vimeo.com":
        return _known(parts.path.strip("/"), r"\d{4,12}", "https://vimeo.com/{}", "Vimeo")
    if host == "tv.naver.com":
        return _known(parts.path.strip("/").removeprefix("v/"), r"\d{4,12}", "https://tv.naver.com/v/{}", "NAVER TV")
    return None


def _known(code: str, shape: str, address: str, host: str) -> Video | None:
    return Video(address.format(code), host) if re.fullmatch(shape, code) else None


_CLEANERS: dict[str, Callable[[Mapping[str, Any]], Block]] = {
    "heading": _heading,
    "text": _paragraphs,
    "photo": _photo,
    "table": _table,
    "video": _video,
    "callout": _callout,
    "compare": _compare,
}
