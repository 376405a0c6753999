import csv
import io
import threading
from pathlib import Path

import pytest
from django.db import connections
from starlette.testclient import TestClient

from builders import a_lead
from dure.integrations.markets import simulator
from dure.integrations.markets.client import Markets
from dure.partnership import markets_import, queries
from dure.partnership.errors import BadMarketList, ShrunkenMarketList
from dure.partnership.markets_import import COLUMNS
from dure.partnership.models import Place

pytestmark = pytest.mark.django_db
REAL = Path(__file__).parents[3] / "shared/data/traditional_markets/전국전통시장표준데이터.csv"


def a_row(name="광장시장", **cells):
    row = dict.fromkeys((file_name for file_name, _ in COLUMNS.values()), "")
    row |= {
        "시장명": name,
        "시장유형": "상설장",
        "소재지도로명주소": f"서울특별시 종로구 {name}길 1",
        "시장개설주기": "매일",
        "위도": "37.57",
        "경도": "126.99",
        "점포수": "1,200",
        "취급품목": "농산물+음식점",
        "공중화장실보유여부": "Y",
        "데이터기준일자": "2024-11-04",
    }
    return row | cells


def a_file(rows, encoding="cp949"):
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode(encoding)


@pytest.mark.parametrize("encoding", ["cp949", "utf-8-sig", "utf-8"])
def test_the_standard_file_is_read_in_the_encodings_people_have(encoding, tmp_path):
    path = tmp_path / "markets.csv"
    path.write_bytes(a_file([a_row()], encoding))
    report = markets_import.from_file(path)
    place = Place.objects.get()
    assert (report.added, place.name, place.shop_count, place.toilet, place.parking) == (
        1,
        "광장시장",
        1200,
        True,
        None,
    )
    assert (place.region, place.district, place.goods, place.daily) == (
        "서울특별시",
        "종로구",
        ["농산물", "음식점"],
        True,
    )


def test_importing_again_changes_only_what_changed():
    rows = [a_row("광장시장"), a_row("통인시장"), a_row("망원시장")]
    assert str(markets_import.from_rows(rows)).startswith("3 added, 0 changed, 0 the same")
    before = dict(Place.objects.values_list("name", "updated_at"))
    rows[1]["점포수"] = "99"
    report = markets_import.from_rows(rows)
    assert (report.added, report.changed, report.same, report.gone) == (0, 1, 2, 0)
    assert [n for n, at in Place.objects.values_list("name", "updated_at") if before[n] != at] == ["통인시장"]


def test_a_market_gone_from_the_list_stays_with_its_shops():
    rows = [a_row("광장시장"), a_row("통인시장"), a_row("망원시장")]
    markets_import.from_rows(rows)
    lead = a_lead(place=Place.objects.get(name="광장시장"))
    report = markets_import.from_rows([{**r, "데이터기준일자": "2025-11-10"} for r in rows[2:] + [a_row("새시장")]])
    assert (report.added, report.changed, report.gone) == (1, 1, 2)
    assert Place.objects.count() == 4 and lead.shop.place.name == "광장시장"
    assert {p.name for p in queries.find_places()} == {"광장시장", "망원시장", "새시장"}
    assert str(Place.objects.get(name="통인시장").gone_since) == "2025-11-10"
    assert markets_import.from_rows(rows).changed == 3, "a market that comes back is there again"
    assert not Place.objects.filter(name="통인시장").get().gone_since


def test_a_file_cut_off_does_not_empty_the_map():
    markets_import.from_rows([a_row(f"시장{n}") for n in range(10)])
    with pytest.raises(ShrunkenMarketList):
        markets_import.from_rows([a_row("시장1")])
    assert not Place.objects.exclude(gone_since=None).exists()


def test_defects_cost_the_cell_not_the_row():
    report = markets_import.from_rows(
        [
            a_row("가시장", **{"시장개설주기": "가끔", "위도": "0", "경도": "0", "점포수": "많음"}),
            a_row("나시장", **{"소재지도로명주소": "", "소재지지번주소": "전북특별차치도 전주시 완산구 1"}),
            a_row("", **{"시장명": ""}),
            a_row("다시장"),
            a_row("다시장"),
        ]
    )
    assert report.added == 3
    assert [line for line, _ in report.defects] == [2, 2, 4, 6]
    assert Place.objects.get(name="가시장").latitude is None
    assert Place.objects.get(name="나시장").region == "전북특별자치도"


def test_the_rows_of_the_api_are_the_rows_of_the_file():
    by_api = {api: a_row()[file_name] for file_name, api in COLUMNS.values()}
    markets_import.from_rows([by_api])
    assert markets_import.from_rows([a_row()]).same == 1


def test_the_api_is_read_to_its_last_page(monkeypatch):
    service = Markets("http://markets", http=TestClient(simulator.app))
    monkeypatch.setattr("dure.integrations.markets.client.markets", lambda: service)
    report = markets_import.from_api()
    assert report.added == service.page(1, 1)[1] > 0
    assert markets_import.from_api().same == report.added


@pytest.mark.parametrize("raw", [b"", b"a,b\n1,2\n", b"\xff\xfe\x00\xd8", "시장명\n광장".encode("cp949")])
def test_another_file_is_refused_with_the_reason(raw):
    with pytest.raises(BadMarketList):
        markets_import.from_rows(markets_import.read_csv(raw))


def test_the_starter_list_is_whole_and_has_no_defects():
    report = markets_import.from_starter()
    assert report.added == 44 and not report.defects
    assert markets_import.from_starter().same == 44
    assert not Place.objects.filter(latitude=None).exists()


def test_the_official_list_takes_over_the_starters_with_their_shops():
    markets_import.from_starter()
    starter = Place.objects.get(name="광장시장")
    lead = a_lead(place=starter)
    markets_import.from_rows([a_row("광장시장", **{"소재지도로명주소": "서울특별시 종로구 창경궁로 88 (예지동)"})])
    starter.refresh_from_db()
    assert (starter.source, starter.gone_since, lead.shop.place) == ("STANDARD", None, starter)
    assert markets_import.from_starter().added == 0, "the starter list never touches the official one"


def test_the_real_file_of_1388_markets():
    if not REAL.exists():
        pytest.skip("skipped: data not present")
    markets_import.from_starter()
    report = markets_import.from_file(REAL)
    official = Place.objects.filter(source="STANDARD")
    assert official.count() == 1388 and report.added + report.changed == 1388
    assert official.filter(latitude=None).count() == 16
    assert official.filter(fair_digits__contains=[2]).count() == 92
    assert official.filter(daily=False).count() == 134
    adopted = report.changed
    assert adopted >= 20, "well-known markets of the starter list are found in the official one"
    again = markets_import.from_file(REAL)
    assert (again.added, again.changed, again.same, again.gone) == (0, 0, 1388, 0)
    assert {p.name for p in queries.find_places("ㄱㅈㅅㅈ", region="서울특별시")} >= {"광장시장"}
    nearest = queries.find_places(near=(37.5700, 126.9996))[0]
    assert nearest.distance < 0.5 and "광장" in nearest.name or nearest.region == "서울특별시"


@pytest.mark.django_db(transaction=True)
@pytest.mark.race
def test_two_imports_at_once_add_each_market_once():
    rows, failures = [a_row(f"시장{n}") for n in range(50)], []

    def run():
        try:
            markets_import.from_rows(rows)
        except Exception as error:
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures and Place.objects.count() == 50


def test_the_command_says_what_it_did_or_why_not(capsys, tmp_path):
    assert markets_import.main(["--starter"]) == 0
    assert "44 added" in capsys.readouterr().out
    assert markets_import.main([str(tmp_path / "none.csv")]) == 1
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("a,b\n1,2\n")
    assert markets_import.main([str(wrong)]) == 1
    assert "전통시장 목록이 아니에요" in capsys.readouterr().err
