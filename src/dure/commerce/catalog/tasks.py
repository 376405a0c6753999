"""Work on products that takes longer than somebody should wait for."""

from __future__ import annotations

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from dure.commerce.catalog import actions


@app.task(queue="pictures", retry=RetryStrategy(max_attempts=5, exponential_wait=5))
def lighten_photo(photo: int) -> None:
    actions.lighten(photo)
