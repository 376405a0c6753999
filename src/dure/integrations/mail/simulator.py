"""A mail server, played: it speaks SMTP on a port of its own, keeps every letter, and shows them at `/mail/`.

Addresses that begin with `nobody` are refused (550). Faults on demand by the stage, `path` being the command:

    {"path": "DATA", "kind": "error", "status": 451}    an answer; 4xx: later, 5xx: never
    {"path": "DATA", "kind": "drop_after"}              the letter is kept, then the line is cut
    {"path": "MAIL", "kind": "drop_before"}             the line is cut, nothing is kept
"""

from __future__ import annotations

import asyncio
import contextlib
import email
import html
import time
import uuid
from email.message import EmailMessage, Message
from email.policy import default
from typing import Any

import structlog
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from dure.config import load
from dure.integrations.stage import Stage

log = structlog.get_logger()
stage = Stage("mail")
LONGEST = 10 * 2**20  # bytes of a letter
PATIENCE = 60  # seconds of silence


async def listen() -> asyncio.Server | None:
    """Start the SMTP server; None when its port is taken (the other simulators do not need it)."""
    config = load()
    try:
        return await asyncio.start_server(_converse, config.host, config.mail_port, limit=LONGEST)
    except (OSError, OverflowError) as error:
        log.warning("mail_port_taken", port=config.mail_port, error=repr(error))
        return None


async def _converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    sender, people = "", list[str]()

    async def say(line: str) -> None:
        writer.write(f"{line}\r\n".encode())
        await writer.drain()

    try:
        await say("220 dure.test ESMTP")
        while True:
            line = (await asyncio.wait_for(reader.readline(), PATIENCE)).decode(errors="replace").rstrip("\r\n")
            if not line:
                return
            verb, _, rest = line.partition(" ")
            verb = verb.upper()
            fault = stage.next_fault(verb)
            if fault and fault["kind"] == "delay":
                await asyncio.sleep(float(fault.get("seconds", 1)))
                fault = None
            if fault and fault["kind"] == "drop_before":
                return
            if fault and fault["kind"] == "error":
                await say(f"{fault.get('status', 451)} {fault.get('message', 'on demand')}")
                continue
            match verb:
                case "EHLO":
                    await say("250-dure.test")
                    await say("250-8BITMIME")
                    await say(f"250 SIZE {LONGEST}")
                case "HELO" | "NOOP":
                    await say("250 OK")
                case "RSET":
                    sender, people = "", []
                    await say("250 OK")
                case "MAIL":
                    sender, people = _address(rest), []
                    await say("250 OK")
                case "RCPT" if _address(rest).startswith("nobody"):
                    await say("550 5.1.1 no such person")
                case "RCPT":
                    people.append(_address(rest))
                    await say("250 OK")
                case "DATA" if not people:
                    await say("503 who is it for?")
                case "DATA":
                    await say("354 go on")
                    _keep(sender, people, await _letter(reader))
                    if fault:  # drop_after
                        return
                    await say("250 kept")
                case "QUIT":
                    await say("221 bye")
                    return
                case _:
                    await say("502 not here")
    except (TimeoutError, ConnectionError, ValueError):
        return
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def _letter(reader: asyncio.StreamReader) -> bytes:
    lines = []
    while (line := await asyncio.wait_for(reader.readline(), PATIENCE)) not in {b".\r\n", b".\n", b""}:
        lines.append(line[1:] if line.startswith(b"..") else line)
    return b"".join(lines)


def _address(rest: str) -> str:
    return rest.partition("<")[2].partition(">")[0]


def _keep(sender: str, people: list[str], raw: bytes) -> None:
    letter = email.message_from_bytes(raw, policy=default)
    id = f"{time.time():.6f}-{uuid.uuid4().hex[:6]}"
    kept = {
        "id": id,
        "from": sender,
        "to": people,
        "subject": str(letter["subject"] or ""),
        "message_id": str(letter["message-id"] or ""),
        "headers": {name: str(value) for name, value in letter.items()},
        "text": _part(letter, "plain"),
        "html": _part(letter, "html"),
    }
    stage.put("letter", id, kept)


def _part(letter: Message, kind: str) -> str:
    part = letter.get_body((kind,)) if isinstance(letter, EmailMessage) else None
    return str(part.get_content()) if part else ""


async def letters(request: Request) -> Response:
    """All of them as JSON, for tests."""
    return JSONResponse(stage.all("letter"))


async def index(request: Request) -> Response:
    rows = "".join(
        f'<li><a href="{load().simulators_url}/mail/{row["id"]}">{html.escape(row["subject"] or "(제목 없음)")}</a><br>'
        f"<small>{html.escape(', '.join(row['to']))}</small></li>"
        for row in reversed(stage.all("letter")[-200:])
    )
    return HTMLResponse(_page("받은 편지", f"<ul>{rows or '<li>아직 없어요.</li>'}</ul>"))


async def letter(request: Request) -> Response:
    found: dict[str, Any] | None = stage.get("letter", request.path_params["id"])
    if found is None:
        return HTMLResponse(_page("없는 편지", ""), 404)
    if found["html"]:
        return HTMLResponse(found["html"], headers={"Content-Security-Policy": "script-src 'none'"})
    return HTMLResponse(_page(html.escape(found["subject"]), f"<pre>{html.escape(found['text'])}</pre>"))


def _page(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="ko"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{title}</title><style>body{{font:16px/1.6 system-ui,sans-serif;margin:1.5rem auto;max-width:40rem;"
        f"padding:0 1rem}}pre{{white-space:pre-wrap}}</style><h1>{title}</h1>{body}</html>"
    )


app = stage.app(
    [
        Route("/", index, methods=["GET"]),
        Route("/letters", letters, methods=["GET"]),
        Route("/{id}", letter, methods=["GET"]),
    ]
)
