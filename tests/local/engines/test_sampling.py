from __future__ import annotations

import pytest

from rt_widget.backends.local.engines.sampling import sampling
from rt_widget.config import TEMPERATURE_RANGE, SessionConfig


def test_the_usual_temperature_leaves_only_what_is_nearly_the_likeliest() -> None:
    assert sampling(SessionConfig().temperature)["min_p"] >= 0.85


def test_the_whole_range_of_temperatures_is_heard() -> None:
    coldest, hottest = map(sampling, TEMPERATURE_RANGE)
    assert coldest["min_p"] == 1.0
    assert hottest["min_p"] == pytest.approx(0.136)
    shares = [sampling(tenths / 10)["min_p"] for tenths in range(6, 13)]
    assert shares == sorted(shares, reverse=True)
    assert len(set(shares)) == len(shares)


@pytest.mark.parametrize("temperature", [0.0, 2.0])
def test_beyond_the_range_it_stays_a_share(temperature: float) -> None:
    options = sampling(temperature)
    assert 0 < options["min_p"] <= 1
    assert options["temperature"] == temperature
