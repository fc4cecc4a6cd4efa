"""The analytics assignment: a shop after seven weeks of trade, and ten questions whose answers are in its books.

The world's prologue plays the seven weeks (`season`); the questions are answered by `report.answer`, as the shop's own report tasks are.
"""

from . import checks, questions, season  # noqa: F401
