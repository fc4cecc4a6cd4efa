"""A Dask scheduler, behind which other machines do what this one would (the extra `cluster`)."""

from __future__ import annotations

from typing import Any

from .refusals import refusal

#: Seconds within which a scheduler answers.
ANSWERS = 10

NO_SCHEDULER = refusal(
    "no_scheduler",
    "连不上 Dask 调度器 {address}（{why}）。请核对地址，并确认它正在运行。",
    "The Dask scheduler {address} does not answer ({why}). Check the address, and that it runs.",
)


def connected(address: str) -> Any:
    """A client of the scheduler at that address, to be used as a context. Refuses 'no_scheduler'."""
    from distributed import Client
    from distributed.comm.addressing import resolve_address

    try:
        resolve_address(address)  # a client of what is no address would be closed for twenty seconds, with a traceback
        return Client(address, timeout=ANSWERS, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise NO_SCHEDULER("scheduler", address=address, why=type(error).__name__) from None
