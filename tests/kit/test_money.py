import pytest
from hypothesis import given
from hypothesis import strategies as st

from dure.kit.money import rate_of, split, vat_included, won


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (5000, [30_000, 20_000], [3000, 2000]),
        (1, [1, 1], [1, 0]),
        (-100, [1, 1, 1], [-34, -33, -33]),
        (10, [0, 0], [5, 5]),
        (0, [3, 4], [0, 0]),
    ],
)
def test_a_total_is_split_by_largest_remainder(total, weights, parts):
    assert split(total, weights) == parts


@given(st.integers(-(10**12), 10**12), st.lists(st.integers(0, 10**9), min_size=1, max_size=50))
def test_the_parts_always_add_up_to_the_whole_and_none_is_a_won_off(total, weights):
    parts = split(total, weights)
    assert sum(parts) == total
    if whole := sum(weights):
        assert all(abs(part * whole - total * w) < whole for part, w in zip(parts, weights, strict=True))


@pytest.mark.parametrize("weights", [[], [1, -1]])
def test_a_split_without_weights_or_with_a_negative_one_is_refused(weights):
    with pytest.raises(ValueError):
        split(100, weights)


@pytest.mark.parametrize(("amount", "bp", "taken"), [(30_000, 500, 1500), (999, 500, 49), (1, 9999, 0), (0, 500, 0)])
def test_a_commission_is_floored(amount, bp, taken):
    assert rate_of(amount, bp) == taken


def test_the_vat_inside_a_price_is_an_eleventh_rounded():
    assert vat_included(15_000) == 1364
    assert vat_included(11) == 1


def test_won_is_written_with_commas():
    assert won(1234567) == "1,234,567원"
