"""Where a show's pictures lie on disk, and the playlists made of them. No Django: the media process lives on this.

    DURE_HOME/media/shows/<code>/air/0001-6f3a…/   init.mp4, s00000.m4s …, index.m3u8 (ffmpeg), final.m3u8 (sealed)

One folder per publisher run. The folder is the only truth: a media process that was killed and started again serves
the same playlist from it. ffmpeg writes `index.m3u8`; when the next run begins the list of the run before is sealed
as `final.m3u8`, so that a dying ffmpeg cannot add to it and shift the numbers viewers count by.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from dure.config import load

AIR, REHEARSAL = "air", "rehearsal"
STAGES = (AIR, REHEARSAL)
WINDOW = 45  # segments a live playlist reaches back
_CODE = re.compile(r"[A-Z0-9]{6,16}")
_RUN = re.compile(r"\d{4}-[0-9a-f]{8}")
_FILE = re.compile(r"init\.mp4|s\d{5,}\.m4s")


@dataclass(frozen=True)
class Piece:
    """One segment: address relative to the playlist's folder, seconds, and the wall clock at its start."""

    uri: str
    seconds: float
    began: datetime
    run: str


def show_folder(code: str) -> Path:
    """Raises ValueError when `code` could not be a show's."""
    if not _CODE.fullmatch(code):
        raise ValueError(code)
    return load().home / "media" / "shows" / code


def new_run(code: str, stage: str) -> Path:
    """A folder for a new publisher run; what came before it is sealed."""
    folder = show_folder(code) / stage
    runs = _runs(folder)
    for run in runs:
        _seal(run)
    number = int(runs[-1].name[:4]) + 1 if runs else 1
    run = folder / f"{number:04d}-{secrets.token_hex(4)}"
    run.mkdir(parents=True)
    return run


def file_of(code: str, stage: str, run: str, name: str) -> Path | None:
    """A segment or init file; None for a name that could not be one."""
    if not (_CODE.fullmatch(code) and stage in STAGES and _RUN.fullmatch(run) and _FILE.fullmatch(name)):
        return None
    return show_folder(code) / stage / run / name


def pieces(code: str, stage: str = AIR) -> list[Piece]:
    """Everything recorded so far, in order."""
    found: list[Piece] = []
    for run in _runs(show_folder(code) / stage):
        found.extend(_read(run, stage))
    return found


def live_playlist(code: str, stage: str = AIR) -> str | None:
    """The last minute or so, growing; None before the first segment."""
    return _playlist(pieces(code, stage), window=WINDOW, ended=False)


def replay_playlist(code: str) -> str | None:
    """The whole show as video on demand; None when nothing was recorded."""
    return _playlist(pieces(code, AIR), window=None, ended=True)


def duration_ms(code: str) -> int:
    return round(sum(piece.seconds for piece in pieces(code, AIR)) * 1000)


def _playlist(all_pieces: list[Piece], window: int | None, ended: bool) -> str | None:
    if not all_pieces:
        return None
    first = max(0, len(all_pieces) - window) if window else 0
    shown = all_pieces[first:]
    breaks_before = len({p.run for p in all_pieces[: first + 1]}) - 1
    target = max(2, *(round(p.seconds + 0.5) for p in all_pieces[-window if window else 0 :]))
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        f"#EXT-X-TARGETDURATION:{target}",
        f"#EXT-X-MEDIA-SEQUENCE:{first}",
        f"#EXT-X-DISCONTINUITY-SEQUENCE:{breaks_before}",
    ]
    if ended:
        lines.append("#EXT-X-PLAYLIST-TYPE:VOD")
    run = None
    for piece in shown:
        if piece.run != run:
            if run is not None:
                lines.append("#EXT-X-DISCONTINUITY")
            lines.append(f'#EXT-X-MAP:URI="{piece.uri.rsplit("/", 1)[0]}/init.mp4"')
            run = piece.run
        lines.append(f"#EXT-X-PROGRAM-DATE-TIME:{piece.began.isoformat(timespec='milliseconds')}")
        lines.append(f"#EXTINF:{piece.seconds:.3f},")
        lines.append(piece.uri)
    if ended:
        lines.append("#EXT-X-ENDLIST")
    return "\n".join(lines) + "\n"


def _runs(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if _RUN.fullmatch(path.name))


def _seal(run: Path) -> None:
    final, index = run / "final.m3u8", run / "index.m3u8"
    if not final.exists():
        text = index.read_text() if index.exists() else "#EXTM3U\n"
        part = run / "final.part"
        part.write_text(text)
        part.rename(final)


def _read(run: Path, stage: str) -> list[Piece]:
    for name in ("final.m3u8", "index.m3u8"):
        try:
            text = (run / name).read_text()
            break
        except FileNotFoundError:
            continue
    else:
        return []
    found: list[Piece] = []
    seconds, began = 0.0, None
    for line in text.splitlines():
        if line.startswith("#EXTINF:"):
            seconds = float(line[8:].split(",")[0])
        elif line.startswith("#EXT-X-PROGRAM-DATE-TIME:"):
            began = datetime.fromisoformat(_with_colon(line[25:]))
        elif line and not line.startswith("#") and began is not None:
            found.append(Piece(f"{stage}/{run.name}/{line}", seconds, began, run.name))
            began = None
    return found


def _with_colon(stamp: str) -> str:
    """ffmpeg writes +0000, Python 3.11 and the HLS players read +00:00."""
    return re.sub(r"([+-]\d{2})(\d{2})$", r"\1:\2", stamp)
