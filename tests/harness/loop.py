"""Owns the running of a coroutine from a test, in a thread of its own: Playwright keeps a loop running in the test's."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


def run(coroutine: Coroutine[Any, Any, T], seconds: float = 60) -> T:
    """What the coroutine returns or raises; TimeoutError after ``seconds``."""

    async def bounded() -> T:
        try:
            async with asyncio.timeout(seconds):
                return await coroutine
        finally:
            # A client whose line the other side ended closes what it holds in a task of its own.
            if left := asyncio.all_tasks() - {asyncio.current_task()}:
                await asyncio.wait(left, timeout=1)

    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(asyncio.run, bounded()).result()
