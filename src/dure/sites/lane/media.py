"""The media process: takes a show's camera in, gives its pictures out.

In: `WS /ingest/<show>?t=<one-time token>&codec=h264|vp8`, the chunks of a browser's MediaRecorder as binary messages.
Every connection is a publisher run with one ffmpeg child, which writes fMP4 HLS into a folder of its own
(`live.recordings`). The newest publisher of a show wins: a studio that lost its connection simply comes again.

Out: `GET /hls/<show>/live.m3u8`, `rehearsal.m3u8?t=…`, `replay.m3u8` and the segments they name. Playlists are made
from the folders at each request, so a media process that was killed and started again goes on where it was.

The web hears by `POST /live/hooks/stream` whether the picture arrives; that is what pauses and resumes a show.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from asyncio.subprocess import PIPE, Process
from pathlib import Path

import httpx
import structlog

from dure.config import load
from dure.kit import tokens
from dure.kit.log import HEADER, request_id
from dure.live import ffmpeg, recordings
from dure.sites.lane.asgi import Asgi, Refusal, Request, Socket

log = structlog.get_logger()
app = Asgi("media")

CODECS = ("h264", "vp8")
MESSAGE_LIMIT = 4 * 1024 * 1024  # bytes of one chunk
SILENCE = 10  # seconds without a chunk, after which the publisher is taken for gone
BEAT = 5  # seconds between two reports that the picture arrives
IMMUTABLE = "public, max-age=31536000, immutable"

_publishers: dict[tuple[str, str], Publisher] = {}
_used_tokens: dict[str, float] = {}
_playlists: dict[tuple[str, str], tuple[float, str | None]] = {}


class Publisher:
    """One publisher run: a socket, its ffmpeg and the folder it fills."""

    def __init__(self, show: str, stage: str, socket: Socket, codec: str) -> None:
        self.show, self.stage, self.socket, self.codec = show, stage, socket, codec
        self.run: Path | None = None
        self.child: Process | None = None
        self.replaced = False
        self.heard = time.monotonic()

    @property
    def key(self) -> tuple[str, str]:
        return self.show, self.stage

    async def publish(self) -> None:
        """Until the studio goes away, falls silent, or comes again by another connection."""
        before = _publishers.get(self.key)
        _publishers[self.key] = self
        if before is not None:
            await before.make_way()
        self.run = await asyncio.to_thread(recordings.new_run, self.show, self.stage)
        self.child = await asyncio.create_subprocess_exec(
            *ffmpeg.packager(self.codec), stdin=PIPE, stdout=asyncio.subprocess.DEVNULL, stderr=PIPE, cwd=self.run
        )
        log.info("publisher_came", show=self.show, stage=self.stage, run=self.run.name, codec=self.codec)
        helpers = [asyncio.create_task(work) for work in (self._listen(), self._watch(), self._read_words())]
        try:
            await self._feed()
        finally:
            for helper in helpers:
                helper.cancel()
            await self._finish()
            if _publishers.get(self.key) is self:
                del _publishers[self.key]
                await self._report(arriving=False)
            log.info("publisher_left", show=self.show, stage=self.stage, run=self.run.name)

    async def make_way(self) -> None:
        self.replaced = True
        with contextlib.suppress(Exception):  # the socket may be dead: that is why another one came
            await self.socket.close(4409, "replaced")
        if self.child is not None and self.child.stdin is not None:
            self.child.stdin.close()

    async def _feed(self) -> None:
        assert self.child is not None
        stdin = self.child.stdin
        assert stdin is not None
        try:
            async for chunk in self.socket.messages():
                if not isinstance(chunk, bytes):
                    continue
                if len(chunk) > MESSAGE_LIMIT:
                    await self.socket.close(1009, "chunk too large")
                    return
                self.heard = time.monotonic()
                stdin.write(chunk)
                await stdin.drain()
        except (BrokenPipeError, ConnectionResetError, RuntimeError):
            if not self.replaced:
                log.warning("packager_ended", show=self.show, code=self.child.returncode)
                with contextlib.suppress(Exception):
                    await self.socket.close(1011, "the packager could not read the picture")

    async def _listen(self) -> None:
        """A socket that is half open brings no chunks and no goodbye."""
        while True:
            await asyncio.sleep(1)
            if time.monotonic() - self.heard > SILENCE:
                log.warning("publisher_silent", show=self.show)
                with contextlib.suppress(Exception):
                    await self.socket.close(4408, "silent")
                assert self.child is not None
                if self.child.stdin is not None:
                    self.child.stdin.close()
                return

    async def _watch(self) -> None:
        """Tell the web, and the studio, that segments come out: at once with the first, then every few seconds."""
        assert self.run is not None
        seen, last = 0, 0.0
        while True:
            await asyncio.sleep(0.25)
            count = await asyncio.to_thread(ffmpeg.segment_count, self.run)
            if count > seen and (seen == 0 or time.monotonic() - last >= BEAT):
                last = time.monotonic()
                await self._report(arriving=True)
                with contextlib.suppress(Exception):
                    await self.socket.say(f'{{"segments": {count}}}')
            seen = max(seen, count)

    async def _read_words(self) -> None:
        assert self.child is not None
        assert self.child.stderr is not None
        async for line in self.child.stderr:
            words = line.decode(errors="replace").strip()
            if words and "File ended prematurely" not in words:
                log.warning("ffmpeg", show=self.show, words=words[:300])

    async def _finish(self) -> None:
        """Let ffmpeg write its last segment; it ends with its standard input."""
        child = self.child
        if child is None:
            return
        if child.stdin is not None:
            child.stdin.close()
        try:
            await asyncio.wait_for(child.wait(), 5)
        except TimeoutError:
            child.kill()
            await child.wait()

    async def _report(self, *, arriving: bool) -> None:
        if self.stage != recordings.AIR:
            return
        config = load()
        host = "127.0.0.1" if config.host in {"0.0.0.0", "::"} else config.host  # noqa: S104
        headers = {
            "authorization": f"Bearer {tokens.sign('stream', {'s': self.show, 'up': arriving}, 30)}",
            "x-forwarded-proto": "https",  # we stand behind the same door as the proxy
            HEADER: request_id(),
        }
        try:
            async with httpx.AsyncClient(timeout=5) as http:
                await http.post(f"http://{host}:{config.port}/live/hooks/stream", headers=headers)
        except httpx.HTTPError as error:  # the next beat tells it again
            log.warning("web_not_told", show=self.show, error=repr(error))


@app.websocket("/ingest/{show}")
async def ingest(socket: Socket) -> None:
    await socket.accept()
    try:
        claims = _once(tokens.unsign("ingest", socket.query.get("t", "")))
    except tokens.BadToken as error:
        await socket.close(4401, str(error))
        return
    codec = socket.query.get("codec", "h264")
    if claims["s"] != socket.params["show"] or claims["g"] not in recordings.STAGES or codec not in CODECS:
        await socket.close(4403, "not for this show")
        return
    await Publisher(claims["s"], claims["g"], socket, codec).publish()


def _once(claims: dict[str, str]) -> dict[str, str]:
    """A token lets one connection in. Raises BadToken. (Its life is a minute: we need not remember it longer.)"""
    now = time.monotonic()
    for nonce in [n for n, until in _used_tokens.items() if until < now]:
        del _used_tokens[nonce]
    if claims["n"] in _used_tokens:
        raise tokens.BadToken("already used")
    _used_tokens[claims["n"]] = now + 120
    return claims


@app.route("GET", "/hls/{show}/live.m3u8")
async def live(request: Request) -> None:
    await _playlist(request, recordings.AIR, "public, max-age=1")


@app.route("GET", "/hls/{show}/rehearsal.m3u8")
async def rehearsal(request: Request) -> None:
    try:
        claims = tokens.unsign("rehearsal", request.query.get("t", ""))
    except tokens.BadToken as error:
        raise Refusal(401, "bad_token", "다시 들어와 주세요.") from error
    if claims["s"] != request.params["show"]:
        raise Refusal(404, "not_found", "그런 방송이 없어요.")
    await _playlist(request, recordings.REHEARSAL, "private, no-store")


@app.route("GET", "/hls/{show}/replay.m3u8")
async def replay(request: Request) -> None:
    await _playlist(request, "replay", "public, max-age=60")


@app.route("GET", "/hls/{show}/{stage}/{run}/{name}")
async def segment(request: Request) -> None:
    path = recordings.file_of(*(request.params[part] for part in ("show", "stage", "run", "name")))
    try:
        body = await asyncio.to_thread(path.read_bytes) if path else None
    except FileNotFoundError:
        body = None
    if body is None:
        raise Refusal(404, "not_found", "그런 영상이 없어요.")
    await request.answer(200, body, _headers("video/mp4", IMMUTABLE))


async def _playlist(request: Request, kind: str, cache_control: str) -> None:
    """One reading of the folder serves everybody for a moment."""
    key = (request.params["show"], kind)
    made, text = _playlists.get(key, (0.0, None))
    if time.monotonic() - made > 0.25:
        try:
            if kind == "replay":
                text = await asyncio.to_thread(recordings.replay_playlist, key[0])
            else:
                text = await asyncio.to_thread(recordings.live_playlist, *key)
        except ValueError:
            text = None
        if text is not None:
            _playlists[key] = (time.monotonic(), text)
    if text is None:
        raise Refusal(404, "no_picture_yet", "아직 영상이 없어요.")
    await request.answer(200, text.encode(), _headers("application/vnd.apple.mpegurl", cache_control))


def _headers(kind: str, cache_control: str) -> dict[str, str]:
    """Any page may play a public show."""
    return {"content-type": kind, "cache-control": cache_control, "access-control-allow-origin": "*"}


@app.on_stop
async def let_the_packagers_finish() -> None:
    await asyncio.gather(*(publisher.make_way() for publisher in list(_publishers.values())))
