"""The lane's connections to PostgreSQL: a pool for its queries, a single one for listening. No Django."""

from __future__ import annotations

import psycopg
from psycopg_pool import AsyncConnectionPool

from dure.config import load, socket_dir

POOL_SIZE = 8

_pool: AsyncConnectionPool | None = None


def dsn() -> str:
    config = load()
    return config.database_url or f"postgresql://postgres@/dure?host={socket_dir(config.home)}&port=5432"


async def open_pool() -> None:
    """Opens in the background: the lane answers before the database does."""
    global _pool
    if _pool is None:
        _pool = AsyncConnectionPool(
            dsn(), min_size=1, max_size=POOL_SIZE, open=False, timeout=5, kwargs={"autocommit": True}, name="rooms"
        )
        await _pool.open(wait=False)


async def close_pool() -> None:
    global _pool
    if _pool is not None:
        await _pool.close()
        _pool = None


def pool() -> AsyncConnectionPool:
    assert _pool is not None, "the pool opens when the lane starts"
    return _pool


async def listener() -> psycopg.AsyncConnection:
    return await psycopg.AsyncConnection.connect(dsn(), autocommit=True)
