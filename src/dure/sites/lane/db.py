"""The lane's connections to PostgreSQL: a pool for its queries, a single one for listening. No Django."""

from __future__ import annotations

import psycopg
from psycopg_pool import AsyncConnectionPool

from dure.config import load, socket_dir

POOL_SIZE = 8

HOT_POOL_SIZE = 2  # one statement an option is in flight; more connections only wait for locks
HOT_PLANS = " ".join(  # every lookup of the settling statement is by key: never read a table whole, plan once
    f"-c {name}"
    for name in (
        "enable_seqscan=off",
        "enable_hashjoin=off",
        "enable_mergejoin=off",
        "plan_cache_mode=force_generic_plan",
        "jit=off",
    )
)

_pool: AsyncConnectionPool | None = None
_hot_pool: AsyncConnectionPool | None = None


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


async def open_hot_pool() -> None:
    global _hot_pool
    if _hot_pool is None:
        _hot_pool = AsyncConnectionPool(
            dsn(),
            min_size=1,
            max_size=HOT_POOL_SIZE,
            open=False,
            timeout=5,
            kwargs={"autocommit": True, "options": HOT_PLANS, "prepare_threshold": 1},
            check=AsyncConnectionPool.check_connection,
            name="hot",
        )
        await _hot_pool.open(wait=False)


async def close_hot_pool() -> None:
    global _hot_pool
    if _hot_pool is not None:
        await _hot_pool.close()
        _hot_pool = None


def hot_pool() -> AsyncConnectionPool:
    assert _hot_pool is not None, "the pool opens when the lane starts"
    return _hot_pool


async def listener() -> psycopg.AsyncConnection:
    return await psycopg.AsyncConnection.connect(dsn(), autocommit=True)
