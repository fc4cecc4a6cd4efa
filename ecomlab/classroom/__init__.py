"""What a teacher sees of a class: who is where, what is hard, how long it takes, how points lie; from logbooks and attempts, in one DuckDB."""

from ..kernel import packages

packages.register("ecomlab.classroom")

packages.load()

from .desk import open  # noqa: E402  isort: skip

__all__ = ["open"]
