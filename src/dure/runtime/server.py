"""The serving processes: granian around an application, ending with whoever started it."""

from __future__ import annotations

import argparse
import gc
import importlib
import logging
import signal
from collections.abc import Callable
from typing import Any

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from dure.config import load
from dure.kit import log
from dure.runtime.children import die_with_parent

STOP_PATIENCE = 5  # seconds a worker may take to finish its requests (an event stream never does)
INTO_OUR_LOG = {"handlers": [], "propagate": True}


def web(argv: list[str]) -> int:
    config = load()
    return serve(argv, "web", "dure.sites.wsgi:application", Interfaces.WSGI, config.port, config.web_workers)


def lane(argv: list[str]) -> int:
    return serve(argv, "lane", "dure.sites.lane.app:app", Interfaces.ASGI, load().lane_port)


def media(argv: list[str]) -> int:
    return serve(argv, "media", "dure.sites.lane.media:app", Interfaces.ASGI, load().media_port)


def simulators(argv: list[str]) -> int:
    return serve(argv, "simulators", "dure.integrations.simulators:app", Interfaces.ASGI, load().simulators_port)


def serve(argv: list[str], process: str, target: str, interface: Interfaces, port: int, workers: int = 1) -> int:
    argparse.ArgumentParser(prog=f"dure {process}").parse_args(argv)
    config = load()
    log.setup(config.log, process)
    server = Server(
        target,
        address=config.host,
        port=port,
        interface=interface,
        workers=workers,
        blocking_threads=4 if interface == Interfaces.WSGI else None,
        backlog=4096,
        backpressure=4096 if interface == Interfaces.ASGI else None,
        workers_kill_timeout=STOP_PATIENCE,
        respawn_failed_workers=workers > 1,  # a lone worker: the supervisor starts us afresh
        respawn_interval=0.5,
        log_level=LogLevels.info,
        log_dictconfig={"loggers": {"_granian": {**INTO_OUR_LOG}, "granian.access": {**INTO_OUR_LOG}}},
    )
    server.serve(target_loader=Load(process, target), wrap_loader=False)
    return 0


class Load:
    """Loads the application inside a granian worker."""

    def __init__(self, process: str, target: str) -> None:
        self.process, self.target = process, target

    def __call__(self) -> Callable[..., Any]:
        # A worker whose master was killed would go on serving old code on the shared port.
        die_with_parent(signal.SIGKILL)
        log.setup(load().log, self.process)
        module, name = self.target.split(":")
        try:
            application: Callable[..., Any] = getattr(importlib.import_module(module), name)
        except Exception:
            logging.getLogger(__name__).exception("the application does not load")
            raise
        _collect_garbage_rarely()
        return application


def _collect_garbage_rarely() -> None:
    """What the application is made of stays for good, and a request leaves few cycles: looking through all of it at every
    700th object takes a tenth of the time of a request."""
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)
