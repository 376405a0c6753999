"""Traditional markets into `Place`: the government's standard file, its API, or our own starter list.

The file is 전국전통시장표준데이터 (data.go.kr; 소상공인시장진흥공단, KOGL type 1: name the source). It is CSV in cp949, with
empty cells, misspelt provinces and no key; the API has the same fields under English names.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from dure.kit import clock
from dure.kit.errors import DureError
from dure.kit.http import OutsideError
from dure.kit.korean import initials
from dure.partnership import rules
from dure.partnership.errors import BadMarketList, ShrunkenMarketList
from dure.partnership.models import Place


@dataclass
class Market:
    """One market as a list gives it, cleaned. Fields are those of `Place`."""

    key: str
    name: str
    name_key: str
    name_initials: str
    region: str
    district: str
    road_address: str = ""
    lot_address: str = ""
    latitude: float | None = None
    longitude: float | None = None
    daily: bool = True
    fair_digits: list[int] = field(default_factory=list)
    shop_count: int | None = None
    goods: list[str] = field(default_factory=list)
    phone: str = ""
    homepage: str = ""
    opened_year: int | None = None
    toilet: bool | None = None
    parking: bool | None = None
    provider: str = ""
    reference_date: str | None = None  # ISO


@dataclass(frozen=True)
class Report:
    """What an import did. `defects` are (line, what was wrong); such a row is kept without the bad cell if it can be."""

    added: int
    changed: int
    same: int
    gone: int
    defects: list[tuple[int, str]]

    def __str__(self) -> str:
        lines = [f"{self.added} added, {self.changed} changed, {self.same} the same, {self.gone} gone from the list"]
        lines += [f"  line {line}: {what}" for line, what in self.defects[:20]]
        if len(self.defects) > 20:
            lines.append(f"  … and {len(self.defects) - 20} more")
        return "\n".join(lines)


# Our field: (column of the file, name in the API).
COLUMNS = {
    "name": ("시장명", "mrktNm"),
    "type": ("시장유형", "mrktType"),
    "road_address": ("소재지도로명주소", "rdnmadr"),
    "lot_address": ("소재지지번주소", "lnmadr"),
    "cycle": ("시장개설주기", "mrktEstblCycle"),
    "latitude": ("위도", "latitude"),
    "longitude": ("경도", "longitude"),
    "shop_count": ("점포수", "storNumber"),
    "goods": ("취급품목", "trtmntPrdlst"),
    "homepage": ("홈페이지주소", "homepageUrl"),
    "toilet": ("공중화장실보유여부", "pblicToiletYn"),
    "parking": ("주차장보유여부", "prkplceYn"),
    "opened_year": ("개설연도", "estblYear"),
    "phone": ("전화번호", "phoneNumber"),
    "reference_date": ("데이터기준일자", "referenceDate"),
    "provider": ("제공기관명", "insttNm"),
}


def from_file(path: Path) -> Report:
    """Raises BadMarketList for a file that is not the standard file, FileNotFoundError, ShrunkenMarketList."""
    return from_rows(read_csv(path.read_bytes()), Place.Source.STANDARD)


def from_rows(rows: Iterable[Mapping[str, Any]], source: str = Place.Source.STANDARD) -> Report:
    """`rows` with the file's or the API's column names, the whole list."""
    markets: dict[str, Market] = {}
    defects: list[tuple[int, str]] = []
    for line, row in enumerate(rows, 2):
        market, wrong = read_market(row)
        defects += [(line, what) for what in wrong]
        if market and market.key in markets:
            defects.append((line, f"{market.name}: twice in the list, the later one counts"))
        if market:
            markets[market.key] = market
    if not markets:
        raise BadMarketList(why="no market in it")
    return store(list(markets.values()), source, defects)


def from_starter() -> Report:
    """About forty well-known markets, for a machine that has nothing else."""
    from dure.partnership.starter_markets import rows

    return from_rows(rows(), Place.Source.STARTER)


def read_csv(raw: bytes) -> list[dict[str, str]]:
    """Rows of the standard file; cp949 as published, UTF-8 as people save it again. Raises BadMarketList."""
    for encoding in ("utf-8-sig", "cp949"):
        try:
            text = raw.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise BadMarketList(why="neither cp949 nor UTF-8")
    reader = csv.DictReader(text.splitlines())
    missing = [file_name for file_name, _ in COLUMNS.values() if file_name not in (reader.fieldnames or [])]
    if missing:
        raise BadMarketList(why=f"no column {', '.join(missing)}")
    return list(reader)


def read_market(row: Mapping[str, Any]) -> tuple[Market | None, list[str]]:
    """A cleaned market and what was wrong with the row; None when it has no name or no address."""
    cell = {ours: _cell(row, names) for ours, names in COLUMNS.items()}
    road, lot = rules.clean_address(cell["road_address"]), rules.clean_address(cell["lot_address"])
    if not cell["name"] or not (road or lot):
        return None, [f"{cell['name'] or '?'}: no name or no address, left out"]
    wrong: list[str] = []

    def read(what: str, reader: Callable[[str], Any], fallback: Any = None) -> Any:
        try:
            return reader(cell[what]) if cell[what] else fallback
        except ValueError:
            wrong.append(f"{cell['name']}: {what} is {cell[what]!r}")
            return fallback

    region, district = rules.region_and_district(road or lot)
    lat, lng = read("latitude", float), read("longitude", float)
    if lat is None or lng is None or not (32 <= lat <= 40 and 123 <= lng <= 133):
        if lat or lng:
            wrong.append(f"{cell['name']}: {lat}, {lng} is not in Korea")
        lat = lng = None
    digits = read("cycle", rules.fair_digits, [])
    return (
        Market(
            key=rules.place_key(cell["name"], road or lot),
            name=cell["name"][:80],
            name_key=rules.name_key(cell["name"])[:80],
            name_initials=initials(cell["name"])[:80],
            region=region,
            district=district,
            road_address=road,
            lot_address=lot,
            latitude=lat,
            longitude=lng,
            daily="상설" in cell["type"] or not digits,
            fair_digits=digits,
            shop_count=read("shop_count", _whole),
            goods=[g.strip()[:40] for g in cell["goods"].split("+") if g.strip()],
            phone=cell["phone"][:30],
            homepage=cell["homepage"][:200],
            opened_year=read("opened_year", _whole),
            toilet=read("toilet", _yes),
            parking=read("parking", _yes),
            provider=cell["provider"][:80],
            reference_date=read("reference_date", lambda text: date.fromisoformat(text).isoformat()),
        ),
        wrong,
    )


UPSERT = """
    INSERT INTO partnership_place AS p ({columns}, kind, source, updated_at)
    SELECT {columns}, 'MARKET', %(source)s, %(now)s
      FROM jsonb_populate_recordset(NULL::partnership_place, %(rows)s::jsonb)
    ON CONFLICT (key) DO UPDATE SET ({columns}, source, updated_at, gone_since)
         = ({excluded}, EXCLUDED.source, EXCLUDED.updated_at, NULL)
     WHERE ({own}, p.source, p.gone_since) IS DISTINCT FROM ({excluded}, EXCLUDED.source, NULL)
    RETURNING (xmax = 0)
"""


@transaction.atomic
def store(markets: list[Market], source: str, defects: list[tuple[int, str]]) -> Report:
    """Add and change places in one statement. Nothing is deleted: a place missing from a new edition is marked gone.

    The starter list never changes a place of the official one. Raises ShrunkenMarketList when a standard list has
    less than half of the markets known from the last one: a file cut off must not empty the map.
    """
    known = Place.objects.filter(kind=Place.Kind.MARKET, source=Place.Source.STANDARD, gone_since=None).count()
    if source == Place.Source.STARTER and known:
        return Report(0, 0, 0, 0, defects)
    if source == Place.Source.STANDARD:
        if len(markets) * 2 < known:
            raise ShrunkenMarketList(known=known, listed=len(markets))
        _adopt_starters(markets)
    names = list(asdict(markets[0]))
    statement = UPSERT.format(
        columns=", ".join(names),
        excluded=", ".join(f"EXCLUDED.{n}" for n in names),
        own=", ".join(f"p.{n}" for n in names),
    )
    rows = json.dumps([asdict(m) for m in markets], ensure_ascii=False)
    with connection.cursor() as cursor:
        cursor.execute(statement, {"rows": rows.replace("\\u0000", ""), "source": source, "now": clock.now()})
        touched = [inserted for (inserted,) in cursor.fetchall()]
    added = sum(touched)
    gone = 0
    if source == Place.Source.STANDARD:
        newest = max((date.fromisoformat(m.reference_date) for m in markets if m.reference_date), default=clock.today())
        gone = (
            Place.objects.filter(kind=Place.Kind.MARKET, gone_since=None)
            .exclude(source=Place.Source.HAND)
            .exclude(key__in=[m.key for m in markets])
            .update(gone_since=newest)
        )
    return Report(added, len(touched) - added, len(markets) - len(touched), gone, defects)


def _adopt_starters(markets: list[Market]) -> None:
    """A starter place that is plainly one of `markets` takes over its key, so that its shops stay with it."""
    by_name: dict[tuple[str, str], list[Market]] = {}
    for market in markets:
        by_name.setdefault((market.region, market.name_key), []).append(market)
    taken = set(Place.objects.values_list("key", flat=True))
    for place in Place.objects.filter(source=Place.Source.STARTER):
        near = [m for m in by_name.get((place.region, place.name_key), []) if _within(place, m, kilometres=3)]
        if len(near) == 1 and near[0].key not in taken:
            Place.objects.filter(pk=place.pk).update(key=near[0].key)
            taken.add(near[0].key)


def _within(place: Place, market: Market, kilometres: float) -> bool:
    if None in (place.latitude, place.longitude, market.latitude, market.longitude):
        return place.district == market.district
    return rules.distance_km(place.latitude, place.longitude, market.latitude, market.longitude) <= kilometres  # type: ignore[arg-type]


def _cell(row: Mapping[str, Any], names: tuple[str, str]) -> str:
    value = next((row[n] for n in names if row.get(n) is not None), "")
    text = str(value).strip()
    return "" if text in {"N/A", "NULL", "-"} else text


def _whole(text: str) -> int:
    number = int(text.replace(",", ""))
    if not 0 <= number <= 32_767:
        raise ValueError(text)
    return number


def _yes(text: str) -> bool:
    if text.upper() not in {"Y", "N"}:
        raise ValueError(text)
    return text.upper() == "Y"


def from_api() -> Report:
    """The current edition, page by page. Raises kit.http.OutsideError."""
    from dure.integrations.markets.client import markets

    return from_rows(markets().all(), Place.Source.STANDARD)


def main(argv: list[str]) -> int:
    """`dure markets import FILE | --api | --starter`."""
    parser = argparse.ArgumentParser(prog="dure markets import")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("file", nargs="?", type=Path, help="전국전통시장표준데이터.csv (cp949 or UTF-8)")
    source.add_argument("--api", action="store_true", help="the current edition from data.go.kr")
    source.add_argument("--starter", action="store_true", help="about forty well-known markets")
    options = parser.parse_args(argv)
    try:
        report = from_api() if options.api else from_starter() if options.starter else from_file(options.file)
    except (DureError, OutsideError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print(report)
    return 0
