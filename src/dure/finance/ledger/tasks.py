from procrastinate.contrib.django import app

from dure.finance.ledger import actions


@app.periodic(cron="30 18 * * *")  # half past three at night in Korea
@app.task(queueing_lock="ledger.verify")
def verify(timestamp: int) -> None:
    """Every invariant of every room, nightly or when the office asks: what must never be broken is also looked for."""
    actions.verify()
