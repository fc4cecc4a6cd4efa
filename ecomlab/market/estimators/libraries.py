"""The libraries of the extra `analytics`, or a word that they are missing."""

from __future__ import annotations

import importlib
from typing import Any

from ...kernel.refusals import refusal

NO_ANALYTICS = refusal(
    "no_analytics",
    "这里需要 {library}，但它没有安装。请运行 {install}，再重新启动内核。",
    "This needs {library}, which is not installed. Run {install}, then restart the kernel.",
)  # fmt: skip


def needed(module: str) -> Any:
    """A module of scipy or statsmodels. Refuses 'no_analytics'."""
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as missing:
        raise NO_ANALYTICS(library=(missing.name or module).partition(".")[0], install="pip install 'ecomlab[analytics]'") from None
