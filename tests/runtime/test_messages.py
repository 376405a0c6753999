from __future__ import annotations

from pathlib import Path

import polib
import pytest

from dure.runtime.commands import messages

CODE = """
from django.utils.translation import gettext_lazy as _, ngettext, pgettext
TITLE = _("장바구니")
def words(n):
    return ngettext("%(n)s개", "%(n)s개들", n), pgettext("동사", "찜")
"""
PAGE = """{% load i18n %}<h1>{% translate "결제하기" %}</h1>
{% blocktranslate trimmed with name=x %}
  {{ name }} 님, 어서 오세요. 100% 국산
{% endblocktranslate %}
<p>{{ x|default:_("없음") }}</p>
<p>그냥 한글</p> <!-- 주석은 괜찮다 -->
"""


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package with one app, `kit`."""
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    (tmp_path / "kit/templates/kit").mkdir(parents=True)
    (tmp_path / "kit/words.py").write_text(CODE)
    (tmp_path / "kit/templates/kit/page.html").write_text(PAGE)
    return tmp_path


def test_strings_are_found_in_code_and_in_pages(house: Path):
    assert {(m.context, m.msgid) for m in messages.extract()} == {
        ("", "장바구니"),
        ("", "%(n)s개"),
        ("동사", "찜"),
        ("", "결제하기"),
        ("", "%(name)s 님, 어서 오세요. 100% 국산"),
        ("", "없음"),
    }


def test_what_is_missing_is_added_to_the_catalogue_of_its_app_and_then_only_wants_its_english(house: Path):
    messages.add_missing()
    catalogue = polib.pofile(str(house / "kit" / messages.CATALOGUE))
    assert len(catalogue) == 6
    faults = list(messages.check())
    assert sum("no English" in fault for fault in faults) == 6
    for entry in catalogue:
        entry.msgstr, entry.msgstr_plural = ("", {0: "%(n)s", 1: "%(n)s"}) if entry.msgid_plural else ("x", {})
    catalogue.save()
    assert [fault for fault in messages.check() if "Korean outside" not in fault] == []


def test_a_string_is_added_beside_those_of_its_file_and_no_other_line_is_touched(house: Path):
    messages.add_missing()
    path = house / "kit" / messages.CATALOGUE
    (house / "kit/again.py").write_text('_("' + "아주 긴 문장이에요. " * 12 + '")')
    before = path.read_text().splitlines()
    messages.add_missing()
    (house / "kit/words.py").write_text(CODE + '_("새 문장")\n')
    messages.add_missing()
    after = path.read_text().splitlines()
    left = iter(after)
    assert all(line in left for line in before)  # each old line, in its old order
    files = [entry.occurrences[0][0] for entry in polib.pofile(str(path))]
    assert files == sorted(files, key=files.index)  # those of one file stand together
    words = [e.msgid for e in polib.pofile(str(path)) if e.occurrences[0][0] == "kit/words.py"]
    assert words[-1] == "새 문장"
    assert max(map(len, after)) <= messages.WIDTH + 1


def test_a_fuzzy_string_and_a_strange_placeholder_are_faults(house: Path):
    messages.add_missing()
    catalogue = polib.pofile(str(house / "kit" / messages.CATALOGUE))
    for entry in catalogue:
        entry.msgstr, entry.msgstr_plural = ("", {0: "1", 1: "n"}) if entry.msgid_plural else ("x", {})
    catalogue.find("장바구니").flags.append("fuzzy")
    catalogue.find("결제하기").msgstr = "Pay %(amount)s"
    catalogue.save()
    faults = "\n".join(messages.check())
    assert "fuzzy: '장바구니'" in faults
    assert "placeholders differ: '결제하기'" in faults


def test_korean_that_no_tag_holds_is_a_fault_on_its_line(house: Path):
    bare = [fault for fault in messages.check() if "Korean outside gettext" in fault]
    assert bare == ["kit/templates/kit/page.html:6: Korean outside gettext: 그냥"]


def test_catalogues_are_compiled_once(house: Path):
    messages.add_missing()
    assert messages.compile_all() == 1
    assert (house / "kit" / messages.CATALOGUE).with_suffix(".mo").exists()
    assert messages.compile_all() == 0
