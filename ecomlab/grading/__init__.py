"""Grading is replay: `grade(logbook) -> Report` is a pure function; everything else is an adapter around it."""

from .replay import Report, grade

__all__ = ["Report", "grade"]
