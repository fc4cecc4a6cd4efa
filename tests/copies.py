"""Processes that grade, in tests. Beside threads such as those of a test run the product begins each as a new Python, which imports all of ecomlab: a second
of the processor, for hundreds of gradings. Here each is a copy of one that has imported it, as where no thread is at work (`ecomlab.grading.workers`)."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable
from typing import Any

from ecomlab import modules
from ecomlab.grading import batch, workers  # noqa: F401  (what a copy has at hand)
from ecomlab.kernel import packages, replica  # noqa: F401

modules.load()

_SERVER = multiprocessing.get_context("forkserver")
_SERVER.set_forkserver_preload([__name__])


#: What a Python imports from as long as no test says otherwise.
_PATH = os.environ.get("PYTHONPATH")


class Copies:
    """A context of multiprocessing whose processes are such copies, with the environment of the moment; new ones if that has another path."""

    @staticmethod
    def Process(target: Callable[..., None], args: tuple[Any, ...], daemon: bool) -> Any:  # noqa: N802
        if os.environ.get("PYTHONPATH") != _PATH:
            return multiprocessing.get_context("spawn").Process(target=target, args=args, daemon=daemon)
        return _SERVER.Process(target=_begun, args=(dict(os.environ), target, *args), daemon=daemon)


def _begun(environment: dict[str, str], target: Callable[..., None], *args: Any) -> None:
    os.environ.clear()
    os.environ.update(environment)
    target(*args)
