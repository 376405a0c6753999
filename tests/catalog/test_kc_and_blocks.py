"""KC numbers are read, detail blocks have a schema and nothing else gets in."""

from __future__ import annotations

import pytest

from dure.commerce.catalog import blocks, rules
from dure.commerce.catalog.errors import BadBlock

PICTURE = {"image": f"products/{'a' * 32}-1280.webp", "width": 1280, "height": 960, "alt": "사과 상자"}


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("hu07123-20001a", "HU07123-20001A"),
        (" CB061R1234-2001 ", "CB061R1234-2001"),
        ("r-r-abc-X100", "R-R-ABC-X100"),
        ("MSIP-REM-SEC-SM-G930K", "MSIP-REM-SEC-SM-G930K"),
        ("CB061R1234–2001", "CB061R1234-2001"),
        ("", ""),
        ("해당 없음", None),
        ("12345", None),
        ("R-R-ABC", None),
    ],
)
def test_a_kc_number_is_read_as_the_certificate_writes_it(typed, number):
    assert rules.kc_number(typed) == number


def test_blocks_are_kept_as_they_should_be():
    made = blocks.clean(
        [
            {"type": "heading", "text": "  우리   밭  ", "onclick": "alert(1)"},
            {"type": "text", "text": "하나\r\n\r\n\r\n\r\n둘"},
            {"type": "photo", **PICTURE, "caption": "따는 날"},
            {"type": "table", "rows": [["크기", "무게"], ["대"], ["", ""]]},
            {"type": "video", "url": "https://youtu.be/dQw4w9WgXcQ?t=3&evil=1", "title": "밭"},
            {"type": "callout", "text": "냉장 보관", "tone": "loud"},
            {"type": "compare", "before": PICTURE, "after": PICTURE, "caption": ""},
            {"type": "text", "text": "   "},
        ]
    )
    assert [block["type"] for block in made] == ["heading", "text", "photo", "table", "video", "callout", "compare"]
    assert made[0] == {"type": "heading", "text": "우리 밭"}
    assert made[1]["text"] == "하나\n\n둘"
    assert made[3]["rows"] == [["크기", "무게"], ["대", ""]]
    assert made[4]["url"] == "https://www.youtube.com/watch?v=dQw4w9WgXcQ"
    assert made[5]["tone"] == "info"
    assert blocks.clean(made) == made


@pytest.mark.parametrize(
    "block",
    [
        {"type": "script", "text": "x"},
        {"type": "video", "url": "https://evil.example/watch?v=dQw4w9WgXcQ"},
        {"type": "video", "url": "javascript:alert(1)"},
        {"type": "video", "url": "https://www.youtube.com/watch?v=<script>"},
        {"type": "photo", "image": "../../settings.py"},
        {"type": "photo", "image": "https://evil.example/a.webp"},
        {"type": "compare", "before": PICTURE},
        {"type": "heading", "text": "가" * 81},
        {"type": "table", "rows": [["x"] * 7]},
    ],
)
def test_what_cannot_be_a_block_is_refused_with_its_number(block):
    with pytest.raises(BadBlock) as refused:
        blocks.clean([{"type": "heading", "text": "먼저"}, block])
    assert refused.value.params["position"] == 2


@pytest.mark.parametrize(
    "address",
    [
        "https://www.youtube.com/shorts/dQw4w9WgXcQ",
        "m.youtube.com/watch?v=dQw4w9WgXcQ",
        "https://youtube.com/embed/dQw4w9WgXcQ",
    ],
)
def test_every_way_to_write_a_videos_address_is_the_same_video(address):
    found = blocks.video_of(address)
    assert found and found.url == "https://www.youtube.com/watch?v=dQw4w9WgXcQ"
