"""The real media process, fed by WebSocket as a studio feeds it."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import websockets

from dure.kit import tokens
from dure.live import ffmpeg
from house import ROOT, free_port_row, until

SHOW = "TESTSHOW"


@pytest.fixture(scope="module", params=["h264", "vp8"])
def film(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, bytes]:
    """Six seconds of WebM as MediaRecorder makes it: Opus sound, a key frame each second, no duration in the header."""
    path = tmp_path_factory.mktemp("film") / "film.mkv"
    coder = {
        "h264": ["libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-pix_fmt", "yuv420p"],
        "vp8": ["libvpx", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "500k"],
    }[request.param]
    subprocess.run(
        [
            ffmpeg.program(), "-y", "-loglevel", "error",
            "-f", "lavfi", "-i", "testsrc=size=320x180:rate=30", "-f", "lavfi", "-i", "sine=frequency=440",
            "-t", "6", "-c:v", *coder, "-g", "30", "-c:a", "libopus", "-f", "matroska", "-live", "1", str(path),
        ],
        check=True,
    )  # fmt: skip
    return request.param, path.read_bytes()


class Media:
    def __init__(self, home: Path) -> None:
        self.port = free_port_row()
        self.url = f"http://127.0.0.1:{self.port + 2}"
        self.home = home
        self.environment = {
            **os.environ, "DURE_HOME": str(home), "PORT": str(self.port), "DURE_MODE": "test", "DURE_SECRET_KEY": KEY,
        }  # fmt: skip
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen([sys.executable, "-m", "dure", "media"], env=self.environment, cwd=ROOT)
        until(self.alive, 30)

    def alive(self) -> bool:
        try:
            return httpx.get(f"{self.url}/healthz").status_code == 200
        except httpx.HTTPError:
            return False

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)

    def playlist(self, name: str = "live.m3u8", show: str = SHOW) -> str:
        answer = httpx.get(f"{self.url}/hls/{show}/{name}")
        return answer.text if answer.status_code == 200 else ""

    async def publish(self, film: tuple[str, bytes], show: str = SHOW, seconds: float = 2.0, **claims: str) -> None:
        codec, body = film
        address = f"ws://127.0.0.1:{self.port + 2}/ingest/{show}?codec={codec}&t={token(show, **claims)}"
        async with websockets.connect(address) as socket:
            step = len(body) // 20
            for at in range(0, len(body), step):
                await socket.send(body[at : at + step])
                await asyncio.sleep(seconds / 20)


def token(show: str = SHOW, **claims: str) -> str:
    return tokens.sign("ingest", {"s": show, "g": "air", "n": str(time.monotonic_ns()), **claims}, 60)


KEY = "media-tests"


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Media]:
    from dure import config

    before = config.load().secret_key
    object.__setattr__(config.load(), "secret_key", KEY)
    media = Media(tmp_path_factory.mktemp("media"))
    yield media
    media.stop()
    object.__setattr__(config.load(), "secret_key", before)


@pytest.mark.processes
def test_a_recording_becomes_a_growing_playlist_and_a_reconnect_is_a_discontinuity(
    media: Media, film: tuple[str, bytes]
) -> None:
    show = f"SHOW{film[0].upper()}"
    asyncio.run(media.publish(film, show))
    until(lambda: media.playlist(show=show).count("#EXTINF") >= 5, 20)
    first = media.playlist(show=show)
    assert "#EXT-X-PROGRAM-DATE-TIME" in first
    assert "#EXT-X-ENDLIST" not in first

    asyncio.run(media.publish(film, show))
    until(lambda: media.playlist(show=show).count("#EXTINF") >= 10, 20)
    second = media.playlist(show=show)
    assert second.count("#EXT-X-DISCONTINUITY\n") == 1
    assert second.count("#EXT-X-MAP") == 2
    assert segments(second)[: len(segments(first))] == segments(first)  # what viewers counted stays as it was

    replay = media.playlist("replay.m3u8", show)
    assert "#EXT-X-PLAYLIST-TYPE:VOD" in replay
    assert replay.rstrip().endswith("#EXT-X-ENDLIST")
    played = subprocess.run(
        [ffmpeg.program(), "-loglevel", "error", "-i", f"{media.url}/hls/{show}/replay.m3u8", "-f", "null", "-"],
        capture_output=True,
        text=True,
    )
    assert played.returncode == 0


@pytest.mark.processes
def test_segments_may_be_kept_for_ever_and_playlists_may_not(media: Media, film: tuple[str, bytes]) -> None:
    show = f"KEEP{film[0].upper()}"
    asyncio.run(media.publish(film, show, seconds=0.5))
    until(lambda: bool(media.playlist(show=show)), 20)
    playlist = httpx.get(f"{media.url}/hls/{show}/live.m3u8")
    assert playlist.headers["cache-control"] == "public, max-age=1"
    piece = httpx.get(f"{media.url}/hls/{show}/{segments(playlist.text)[0]}")
    assert "immutable" in piece.headers["cache-control"]
    assert piece.headers["access-control-allow-origin"] == "*"
    assert len(piece.content) > 1000
    assert httpx.get(f"{media.url}/hls/{show}/air/0001-00000000/..%2f..%2fsecret_key").status_code == 404
    assert httpx.get(f"{media.url}/hls/..%2f..%2f/live.m3u8").status_code == 404


@pytest.mark.processes
def test_a_media_process_killed_in_the_middle_serves_on_and_takes_the_studio_back(
    media: Media, film: tuple[str, bytes]
) -> None:
    show = f"KILL{film[0].upper()}"

    async def publish_and_kill() -> None:
        publishing = asyncio.create_task(media.publish(film, show, seconds=4))
        while media.playlist(show=show).count("#EXTINF") < 2:
            await asyncio.sleep(0.1)
        media.process.kill()
        await asyncio.gather(publishing, return_exceptions=True)

    asyncio.run(publish_and_kill())
    media.process.wait()
    media.start()
    before = segments(media.playlist(show=show))
    assert len(before) >= 2
    asyncio.run(media.publish(film, show))
    until(lambda: len(segments(media.playlist(show=show))) >= len(before) + 5, 20)
    after = segments(media.playlist(show=show))
    assert after[: len(before)] == before


@pytest.mark.processes
def test_a_token_lets_one_connection_in_and_only_to_its_show(media: Media) -> None:
    async def close_code(address: str) -> int:
        async with websockets.connect(f"ws://127.0.0.1:{media.port + 2}{address}") as socket:
            await socket.wait_closed()
            return int(socket.close_code or 0)

    async def scenario() -> None:
        once = token("ONETIME1")
        async with websockets.connect(f"ws://127.0.0.1:{media.port + 2}/ingest/ONETIME1?t={once}") as socket:
            await socket.send(b"")
            assert await close_code(f"/ingest/ONETIME1?t={once}") == 4401
        assert await close_code("/ingest/ONETIME1?t=nonsense") == 4401
        assert await close_code(f"/ingest/ANOTHER1?t={token('ONETIME1')}") == 4403
        assert await close_code(f"/ingest/ONETIME1?codec=x&t={token('ONETIME1')}") == 4403

    asyncio.run(scenario())


@pytest.mark.processes
def test_a_rehearsal_is_seen_only_with_a_token(media: Media, film: tuple[str, bytes]) -> None:
    show = f"REHE{film[0].upper()}"
    asyncio.run(media.publish(film, show, seconds=0.5, g="rehearsal"))
    address = f"{media.url}/hls/{show}/rehearsal.m3u8"
    pass_ = tokens.sign("rehearsal", {"s": show}, 60)
    until(lambda: httpx.get(f"{address}?t={pass_}").status_code == 200, 20)
    assert httpx.get(address).status_code == 401
    assert httpx.get(f"{address}?t={tokens.sign('rehearsal', {'s': 'OTHER123'}, 60)}").status_code == 404
    assert media.playlist(show=show) == ""  # nothing of it is on air


def segments(playlist: str) -> list[str]:
    return [line for line in playlist.splitlines() if line and not line.startswith("#")]
