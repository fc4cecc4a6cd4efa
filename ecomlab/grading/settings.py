"""A course's settings, a file of TOML that the teacher keeps: what grading demands beyond the tasks.

    witnessed = 0.9     # of a logbook so much must have been witnessed; else what was not earns nothing (docs/witness.md)
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

from ..kernel.refusals import refusal

BAD_SETTINGS = refusal(
    "bad_settings",
    "课程设置 {path} 有误：{why}。请改正后重试。",
    "The course's settings in {path} are wrong: {why}. Correct them, then try again.",
)


@dataclass(frozen=True)
class Settings:
    """witnessed: the share of a logbook's entries that must have been witnessed, 0 to 1; None: no matter."""

    witnessed: float | None = None

    @classmethod
    def read(cls, path: Path) -> Settings:
        """The settings in a file. Refuses 'bad_settings' for what is no TOML, an unknown name or a value that is none; raises OSError."""
        try:
            given = tomllib.loads(path.read_text("utf-8"))
        except ValueError as error:
            raise BAD_SETTINGS("settings", path=path, why=error) from None
        known = [f.name for f in fields(cls)]
        if unknown := sorted(given.keys() - set(known)):
            raise BAD_SETTINGS("settings", path=path, why=f"{', '.join(unknown)} ({', '.join(known)})")
        share = given.get("witnessed")
        if share is not None and (isinstance(share, bool) or not isinstance(share, (int, float)) or not 0 <= share <= 1):
            raise BAD_SETTINGS("settings", path=path, why="witnessed: 0 - 1")
        return cls(witnessed=share)
