from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def bootstrap(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    spec = importlib.util.spec_from_file_location("bootstrap", ROOT / "bootstrap.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_it_needs_nothing_but_the_standard_library():
    """`-S -I`: no site-packages, no environment."""
    done = subprocess.run(
        [sys.executable, "-S", "-I", ROOT / "bootstrap.py", "nonsense"], capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "frontend" in done.stderr


def test_an_old_python_is_told_in_a_sentence(bootstrap, monkeypatch, capsys):
    monkeypatch.setattr(sys, "version_info", (3, 10, 4))
    assert bootstrap.main(["run"]) == 1
    assert "Python 3.11 or newer is needed" in capsys.readouterr().err


def test_missing_test_programs_fail_loudly_where_they_cannot_be_installed(bootstrap, monkeypatch):
    """No silent skip: without apt, or without the right to use it, `make test` says what to install and fails."""
    found = bootstrap.shutil.which
    monkeypatch.setattr(
        bootstrap.shutil, "which", lambda name, **k: None if "chrom" in name or name == "apt-get" else found(name, **k)
    )
    with pytest.raises(bootstrap.Failed, match="need programs that are not here: chromium"):
        bootstrap.ensure_test_programs()


def test_missing_test_programs_are_installed_by_apt_as_root(bootstrap, monkeypatch):
    commands = []
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name, **k: "/usr/bin/apt-get" if name == "apt-get" else None)
    monkeypatch.setattr(bootstrap, "hangul_font", lambda: False)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(bootstrap, "run", lambda command, **k: commands.append(command))
    bootstrap.ensure_test_programs()
    assert commands[-1][-4:] == ["chromium", "ffmpeg", "nginx-light", "fonts-noto-cjk"]


def test_a_change_in_any_file_changes_the_digest(bootstrap, monkeypatch, tmp_path: Path):
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    file = tmp_path / "a"
    file.write_text("1")
    first = bootstrap.digest([file])
    assert bootstrap.digest([file]) == first
    file.write_text("2")
    assert bootstrap.digest([file]) != first


def test_make_help_lists_every_target():
    said = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for target in ("run", "test", "check", "fix", "verify", "clean"):
        assert f"\n{target} " in f"\n{said}"
