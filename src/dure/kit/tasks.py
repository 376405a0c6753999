from datetime import timedelta

from procrastinate.contrib.django import app

from dure.kit import clock, idempotency

KEYS_KEPT = timedelta(days=30)


@app.periodic(cron="25 4 * * *")
@app.task
def forget_idempotency_keys(timestamp: int) -> None:
    idempotency.forget(clock.now() - KEYS_KEPT)
