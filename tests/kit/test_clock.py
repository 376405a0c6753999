import ast
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dure.kit import clock

MAY_ASK_THE_SYSTEM = {"clock.py", "tokens.py"}
HOUSE = Path(clock.__file__).parents[1]
OUTSIDE_THE_FLOORS = {"runtime", "bench", "integrations", "lane"}  # processes, measurements, simulators


def test_the_clock_stops_where_it_is_set_and_goes_on_afterwards():
    moment = datetime(2026, 3, 1, 15, 30, tzinfo=UTC)
    with clock.at(moment):
        assert clock.now() == moment
        assert clock.today().isoformat() == "2026-03-02"  # past midnight in Korea
    assert clock.now() != moment


def test_a_naive_time_is_refused():
    with pytest.raises(ValueError), clock.at(datetime(2026, 3, 1)):
        pass


def test_nothing_in_the_rooms_asks_the_system_for_the_time():
    askers = {"now", "utcnow", "today", "time"}
    offenders = []
    for path in HOUSE.rglob("*.py"):
        inside = path.relative_to(HOUSE).parts
        if path.name in MAY_ASK_THE_SYSTEM or set(inside) & (OUTSIDE_THE_FLOORS | {"migrations"}):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            owner = ast.unparse(node.func.value)
            if node.func.attr in askers and owner in {"datetime", "date", "timezone", "time", "datetime.datetime"}:
                offenders.append(f"{path.relative_to(HOUSE)}:{node.lineno}")
    assert offenders == []
