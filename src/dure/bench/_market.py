"""A large market for measuring: sellers, products, options, photos, reviews and a year of orders, made by set-based SQL.

Popularity is uneven as in life: a few sellers hold most products, a few products most sales. The rows satisfy every
constraint and add up (stock, totals, counts), but nothing was paid: there is no ledger behind them.
The same `seed` makes the same market.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import psycopg.sql
import psycopg.types.json

REGIONS = (
    "청송 안동 영주 문경 상주 의성 영덕 울진 포항 경주 통영 거제 남해 하동 진주 밀양 창녕 여수 순천 고흥 완도 "
    "진도 해남 강진 보성 나주 영광 함평 무안 신안 목포 담양 구례 남원 임실 순창 고창 부안 군산 익산 전주 김제 "
    "논산 공주 부여 서천 보령 홍성 예산 당진 서산 태안 천안 괴산 충주 제천 단양 영동 옥천 보은 증평 원주 횡성 "
    "평창 정선 강릉 속초 양양 인제 양구 화천 춘천 홍천 가평 양평 여주 이천 안성 강화 제주 서귀포 "
).split()
TRAITS = (
    "햇 유기농 무농약 자연산 손질 반건조 숙성 수제 직접말린 갓딴 당일 새벽 전통 옛날 프리미엄 가정용 선물용 "
    "못난이 저염 국내산 통 다진 볶은 구운 훈제 냉동 생 건 진한 매콤한 달콤한 담백한 고소한 아삭한 쫄깃한 "
    "부드러운 "
).split()
GOODS = (
    "사과 배 복숭아 포도 감 곶감 대추 밤 호두 잣 매실 오미자 감귤 한라봉 딸기 참외 수박 블루베리 무화과 자두 "
    "쌀 현미 찹쌀 보리 수수 기장 콩 팥 녹두 들깨 참깨 고구마 감자 양파 마늘 대파 무 배추 열무 시금치 고사리 "
    "곤드레 취나물 더덕 도라지 인삼 버섯 표고 송이 고추 고춧가루 된장 고추장 간장 청국장 참기름 들기름 꿀 조청 "
    "식초 젓갈 김 미역 다시마 멸치 오징어 황태 굴비 갈치 고등어 전복 굴 새우 꽃게 낙지 문어 홍합 바지락 한우 "
    "한돈 닭갈비 오리 달걀 두부 묵 떡 한과 약과 강정 엿 만두 국수 냉면 김치 깍두기 동치미 장아찌 식혜 수정과 "
    "녹차 쑥차 모시 옹기 도마 바구니 비누 "
).split()
KINDS = ("세트 즙 말랭이 가루 절임 무침 조림 볶음 선물세트 꾸러미 모둠 장 청 차 국 탕 전 구이 튀김 과자 ").split()
UNITS = ("500g 1kg 2kg 3kg 5kg 10kg 1호 2호 10개입 20개입 30포 2병 한상자 반상자 ").split()
SHOPS = (
    "상회 농장 식품 수산 건어물 방앗간 떡집 과수원 정육점 반찬 조합 마을기업 공방 제과 다원 목장 양봉원 농원 푸드 상점 "
).split()
STORY = (
    "시장에서 서른 해를 지킨 가게예요. 새벽마다 밭과 바다에서 올라온 것을 그날 손질해 그날 보내요. 크기보다 맛을 먼저 보고, "
    "남는 것은 아깝지만 "
    "다음 날 팔지 않아요. 받으시면 서늘한 곳에 두시고 이틀 안에 드시는 것이 가장 맛있어요. 궁금한 점은 언제든 물어봐 주세요. "
)

Say = Callable[[str], None]


@dataclass(frozen=True)
class Size:
    products: int = 100_000
    sellers: int = 3_000
    lines: int = 1_000_000
    buyers: int = 20_000


def fill(dsn: str, size: Size, *, seed: float = 0.24, say: Say = lambda _: None) -> dict[str, float]:
    """Make the market in an empty, migrated database. Returns the seconds each part took."""
    words: dict[str, Any] = {
        "regions": REGIONS, "traits": TRAITS, "goods": GOODS, "kinds": KINDS, "units": UNITS, "shops": SHOPS,
        "story": STORY, "products": size.products, "sellers": size.sellers, "lines": size.lines, "buyers": size.buyers,
    }  # fmt: skip
    took: dict[str, float] = {}
    with psycopg.connect(dsn) as connection:
        _teach_defaults(connection)
        connection.execute("SET session_replication_role = replica")  # keys are right by construction
        connection.execute("SET work_mem = '256MB'")
        connection.execute("SET maintenance_work_mem = '512MB'")
        connection.execute("SELECT setseed(%s)", [seed])
        for part, statement in _parts():
            began = time.perf_counter()
            connection.execute(statement, {k: v for k, v in words.items() if f"%({k})" in statement})
            took[part] = round(took.get(part, 0) + time.perf_counter() - began, 1)
            say(f"{part} {took[part]}s")
        connection.commit()
    with psycopg.connect(dsn, autocommit=True) as connection:
        began = time.perf_counter()
        connection.execute("VACUUM ANALYZE")
        took["vacuum"] = round(time.perf_counter() - began, 1)
    return took


def _teach_defaults(connection: psycopg.Connection) -> None:
    """Django keeps most defaults in Python; plain SQL must not have to know every column of the day."""
    from django.apps import apps
    from django.db.models import NOT_PROVIDED

    for table in {
        statement.split("INSERT INTO ")[1].split()[0] for _, statement in _parts() if "INSERT INTO " in statement
    }:
        model = next(m for m in apps.get_models() if m._meta.db_table == table)
        for field in model._meta.concrete_fields:
            if field.primary_key or field.null or field.db_default is not NOT_PROVIDED:
                continue
            value = field.get_default() if field.has_default() else "" if field.empty_strings_allowed else None
            if value is None or not isinstance(value, str | int | list | dict):
                continue
            connection.execute(
                psycopg.sql.SQL("ALTER TABLE {} ALTER COLUMN {} SET DEFAULT {}").format(
                    psycopg.sql.Identifier(table),
                    psycopg.sql.Identifier(field.column),
                    psycopg.sql.Literal(psycopg.types.json.Jsonb(value) if isinstance(value, dict) else value),
                )
            )


def _parts() -> list[tuple[str, str]]:
    """(part, statements) of market.sql, in order."""
    text = (Path(__file__).parent / "market.sql").read_text()
    return [(part.split("\n", 1)[0], part.split("\n", 1)[1]) for part in text.split("-- part: ")[1:]]
