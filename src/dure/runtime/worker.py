"""`dure worker`: delivers the outbox's events, and runs jobs (Procrastinate), periodic ones included.

Two parts, each with its row in `kit.Heartbeat`: **relay** (a thread; Django's ORM is synchronous) and **jobs**
(asyncio). Each holds one database connection for its whole life: when the database goes away that connection
breaks, and the part starts afresh until the database is back.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import django
import psycopg
import structlog
from django.db import close_old_connections, connections
from procrastinate.contrib.django.utils import connector_params

from dure.config import load
from dure.kit import log as logs

log = structlog.get_logger()

LATER = 10  # niceness: on a busy machine those who wait for a page come first, events and jobs catch up
PARTS = ("relay", "jobs")
BEAT = 3.0  # seconds between heartbeats
DRAIN_PATIENCE = 8  # seconds running jobs get at a stop
STALLED = 60  # seconds without a sign of life, after which a dead worker's job is given to another
GATHER = 0.1  # seconds for more events to come after the first: a round costs the same for one as for twenty
BATCH = 500  # events delivered between two heartbeats
BEATING = """
    INSERT INTO kit_heartbeat (process, at) VALUES (%s, now())
        ON CONFLICT (process) DO UPDATE SET at = excluded.at
"""


def command(argv: list[str]) -> int:
    argparse.ArgumentParser(prog="dure worker").parse_args(argv)
    logs.setup(load().log, "worker")
    os.nice(LATER)
    django.setup()
    stop = threading.Event()
    relay = threading.Thread(target=relay_until, args=[stop], name="relay")
    relay.start()
    try:
        asyncio.run(_jobs_until_signalled(stop))
    finally:
        stop.set()
        relay.join()
    return 0


def relay_until(stop: threading.Event) -> None:
    """Deliver events until `stop`: at once when somebody commits one (NOTIFY), and every second (retries)."""
    while not stop.is_set():
        try:
            with psycopg.connect(**connector_params(), autocommit=True) as ear:
                _relay(stop, ear)
        except Exception as error:
            log.warning("relay_broken", error=repr(error))
            connections.close_all()
            stop.wait(1)
    connections.close_all()


def _relay(stop: threading.Event, ear: psycopg.Connection[Any]) -> None:
    from dure.kit import outbox

    ear.execute(f"LISTEN {outbox.CHANNEL}")
    log.info("relay_ready")
    while not stop.is_set():
        close_old_connections()
        delivered = outbox.deliver_due(BATCH)
        ear.execute(BEATING, ["relay"])
        if delivered < BATCH:
            for _wakened in ear.notifies(timeout=1.0, stop_after=1):
                stop.wait(GATHER)


async def _jobs_until_signalled(stop: threading.Event) -> None:
    ending = asyncio.Event()

    def end() -> None:
        ending.set()
        stop.set()
        signal.alarm(DRAIN_PATIENCE + 5)  # a job that does not end, ends with us

    for signum in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signum, end)
    await jobs_until(ending)


async def jobs_until(ending: asyncio.Event) -> None:
    """Run jobs until `ending`."""
    while not ending.is_set():
        try:
            await _jobs(ending)
        except Exception as error:
            log.warning("jobs_broken", error=repr(error))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(ending.wait(), 1)


async def _jobs(ending: asyncio.Event) -> None:
    """One life: until `ending`, or until the database breaks off (raises)."""
    from procrastinate import PsycopgConnector
    from procrastinate.contrib.django import app as declared

    app = declared.with_connector(PsycopgConnector(kwargs=connector_params(), min_size=1, max_size=8, timeout=5))
    async with await psycopg.AsyncConnection.connect(**connector_params(), autocommit=True) as pulse, app.open_async():
        running = asyncio.create_task(
            app.run_worker_async(
                name="dure",
                concurrency=4,
                delete_jobs="successful",
                install_signal_handlers=False,
                shutdown_graceful_timeout=DRAIN_PATIENCE,
                worker_middleware=[_with_request_id],
            )
        )
        ended = asyncio.create_task(ending.wait())
        log.info("jobs_ready")
        try:
            while not ending.is_set() and not running.done():
                await pulse.execute(BEATING, ["jobs"])
                await _take_over_stalled(app)
                await asyncio.wait({running, ended}, timeout=BEAT, return_when=asyncio.FIRST_COMPLETED)
        finally:
            ended.cancel()
            running.cancel()
            await asyncio.wait({running}, timeout=DRAIN_PATIENCE + 1)  # without a database it may never end


async def _with_request_id(call_next: Callable[[], Awaitable[Any]], context: Any, worker: Any) -> Any:
    logs.begin_request(None)
    structlog.contextvars.bind_contextvars(job=context.job.task_name)
    return await call_next()


async def _take_over_stalled(app: Any) -> None:
    """Jobs whose worker was killed in the middle go back into the queue; actions bear being run again."""
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED):
        log.warning("job_taken_over", job=job.task_name, id=job.id)
        await app.job_manager.retry_job(job)
