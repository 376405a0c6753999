"""Structured logs, and the request id that runs through web, lane, worker and simulators (header X-Request-Id)."""

from __future__ import annotations

import logging
import re
import sys
import uuid
from collections.abc import MutableMapping
from typing import Any

import structlog

HEADER = "X-Request-Id"
_SAFE = re.compile(r"[A-Za-z0-9._-]{8,64}")


def plain() -> structlog.dev.ConsoleRenderer:
    """For people. Errors without the values of variables: those are slow to draw, and may be somebody's address."""
    return structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)


def setup(style: str, process: str) -> None:
    """`style` is text or json; `process` names the process in every line."""
    renderer: structlog.typing.Processor = structlog.processors.JSONRenderer() if style == "json" else plain()

    def name_process(logger: object, method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        return {"process": process, **line}

    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        name_process,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)


def request_id() -> str:
    """The id of the request or job at work, or an empty string."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))


def begin_request(given: str | None) -> str:
    """Take over the caller's request id if it is well formed, else make one; bind it to the log context."""
    rid = given if given and _SAFE.fullmatch(given) else uuid.uuid4().hex
    structlog.contextvars.bind_contextvars(request_id=rid)
    return rid
