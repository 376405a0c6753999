"""ffmpeg as a program beside us: a licence border (it is GPL) and a fault border."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path

SEGMENT_SECONDS = 1


class NoFfmpeg(RuntimeError):
    """Neither the system nor the environment has it. The message says what to do."""


@cache
def program() -> str:
    """Path of ffmpeg: the system's, else the one in the imageio-ffmpeg wheel. Raises NoFfmpeg."""
    if found := shutil.which("ffmpeg"):
        return found
    try:
        import imageio_ffmpeg  # type: ignore[import-untyped]
    except ImportError as error:
        raise NoFfmpeg("ffmpeg is missing: install it, or `pip install imageio-ffmpeg`.") from error
    return str(imageio_ffmpeg.get_ffmpeg_exe())


def packager(codec: str) -> list[str]:
    """Arguments that turn a browser's recording on standard input into HLS in the working folder.

    H.264 is copied; anything else (VP8 of browsers without H.264) is encoded again. Audio always becomes AAC: Opus in
    fMP4 plays on iOS from version 17 only.
    """
    video = ["-c:v", "copy"]
    if codec != "h264":
        video = [
            *("-c:v", "libx264", "-preset", "veryfast", "-tune", "zerolatency", "-pix_fmt", "yuv420p", "-r", "30"),
            *("-g", "30", "-keyint_min", "30", "-sc_threshold", "0"),
            *("-b:v", "2500k", "-maxrate", "2500k", "-bufsize", "2500k", "-threads", "2"),
        ]
    return [
        program(),
        *("-hide_banner", "-loglevel", "warning", "-nostats"),
        *("-fflags", "+nobuffer+genpts", "-flags", "low_delay", "-analyzeduration", "500000", "-probesize", "200000"),
        *("-i", "pipe:0"),
        *video,
        *("-c:a", "aac", "-b:a", "96k", "-ar", "48000", "-af", "aresample=async=1:first_pts=0"),
        *hls(),
    ]


def hls() -> list[str]:
    """Output arguments: fMP4 segments cut at key frames, each with its wall clock, the list growing to the end."""
    return [
        *("-f", "hls", "-hls_time", str(SEGMENT_SECONDS), "-hls_list_size", "0", "-hls_segment_type", "fmp4"),
        *("-hls_flags", "independent_segments+program_date_time+temp_file"),
        *("-hls_fmp4_init_filename", "init.mp4", "-hls_segment_filename", "s%05d.m4s", "index.m3u8"),
    ]


def segment_count(run: Path) -> int:
    """Segments listed so far by an ffmpeg at work in `run`."""
    try:
        return (run / "index.m3u8").read_text().count("#EXTINF")
    except FileNotFoundError:
        return 0
