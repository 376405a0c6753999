import structlog
from procrastinate.contrib.django import app

from dure.kit import checks

log = structlog.get_logger()


@app.periodic(cron="30 18 * * *")  # half past three at night in Korea
@app.task
def verify(timestamp: int) -> None:
    """Every invariant of every room, nightly: what must never be broken is also looked for."""
    for check in checks.every():
        found = checks.run(check)
        if not found.ok:
            log.error("invariant_broken", check=found.name, count=found.count, rows=found.rows)
