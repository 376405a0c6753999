"""The picture of the demo's show: a slow pan over each still life, as the studio would have recorded it, one run a cue."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable
from datetime import datetime, timedelta
from io import BytesIO

from dure.live import ffmpeg, recordings

WIDTH, HEIGHT, SECONDS = 720, 1280, 6
_STAMP = re.compile(r"#EXT-X-PROGRAM-DATE-TIME:.*")


def shoot(code: str, cues: Iterable[tuple[datetime, BytesIO]]) -> None:
    """`cues`: when each began, and its picture, square. Adds one recorded run per cue to the show `code`."""
    for began, picture in cues:
        run = recordings.new_run(code, recordings.AIR)
        pan = f"scale={HEIGHT}:{HEIGHT},crop={WIDTH}:{HEIGHT}:(iw-{WIDTH})*t/{SECONDS}:0,format=yuv420p"
        subprocess.run(
            [
                *(ffmpeg.program(), "-hide_banner", "-loglevel", "error"),
                *("-loop", "1", "-framerate", "25", "-f", "image2pipe", "-i", "pipe:0"),
                *("-f", "lavfi", "-i", "anullsrc=r=48000:cl=mono"),
                *("-t", str(SECONDS), "-vf", pan, "-c:v", "libx264", "-preset", "slow", "-crf", "27"),
                *("-g", "25", "-keyint_min", "25", "-sc_threshold", "0", "-c:a", "aac", "-b:a", "32k"),
                *ffmpeg.hls(),
            ],
            input=picture.getvalue(),
            cwd=run,
            check=True,
        )
        _date(run / "index.m3u8", began)


def _date(index, began: datetime) -> None:  # type: ignore[no-untyped-def]
    """ffmpeg dates segments by the clock on the wall; the demo's clock is another."""
    moments = iter(began + timedelta(seconds=n * ffmpeg.SEGMENT_SECONDS) for n in range(1000))
    text = index.read_text()
    index.write_text(
        _STAMP.sub(lambda _: f"#EXT-X-PROGRAM-DATE-TIME:{next(moments).isoformat(timespec='milliseconds')}", text)
    )
