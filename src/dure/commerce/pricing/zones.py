"""Where a parcel costs more: Jeju, and islands reached by ship.

The ranges of 5-digit postcodes are the ones Korean shops commonly publish for the carriers' surcharge (제주, 도서산간;
for one, the postcode list in imweb's help pages). Carriers differ at the edges and bridges are built: it is a table,
change it here.
"""

from __future__ import annotations

from bisect import bisect_right

MAINLAND, JEJU, REMOTE = "MAINLAND", "JEJU", "REMOTE"

JEJU_RANGE = (63000, 63644)
REMOTE_RANGES: list[tuple[int, int]] = [
    (22386, 22388),  # Incheon
    (23004, 23010),  # Ganghwa
    (23100, 23116),  # Ongjin
    (23124, 23136),  # Ongjin
    (31708, 31708),  # Dangjin
    (32133, 32133),  # Taean
    (33411, 33411),  # Boryeong
    (40200, 40240),  # Ulleung, Dokdo
    (46768, 46771),  # Busan: Gadeok
    (52570, 52571),  # Sacheon
    (53031, 53033),  # Tongyeong
    (53089, 53104),  # Tongyeong
    (54000, 54000),  # Gunsan
    (56347, 56349),  # Buan: Wido
    (57068, 57069),  # Yeonggwang
    (58760, 58762),  # Mokpo
    (58800, 58810),  # Sinan
    (58816, 58818),  # Sinan
    (58826, 58826),  # Sinan
    (58832, 58832),  # Sinan
    (58839, 58841),  # Sinan
    (58843, 58866),  # Sinan
    (58953, 58958),  # Jindo
    (59102, 59103),  # Wando
    (59106, 59106),  # Wando
    (59127, 59127),  # Wando
    (59129, 59129),  # Wando
    (59137, 59166),  # Wando
    (59421, 59421),  # Boseong
    (59531, 59531),  # Goheung
    (59551, 59551),  # Goheung
    (59563, 59563),  # Goheung
    (59568, 59568),  # Goheung
    (59650, 59650),  # Yeosu
    (59766, 59766),  # Yeosu
    (59781, 59790),  # Yeosu
]
_STARTS = [start for start, _ in REMOTE_RANGES]


def zone_of(postcode: str) -> str:
    """MAINLAND, JEJU or REMOTE. An unknown or empty postcode counts as the mainland."""
    if len(postcode) != 5 or not postcode.isdigit():
        return MAINLAND
    code = int(postcode)
    if JEJU_RANGE[0] <= code <= JEJU_RANGE[1]:
        return JEJU
    i = bisect_right(_STARTS, code) - 1
    return REMOTE if i >= 0 and code <= REMOTE_RANGES[i][1] else MAINLAND
