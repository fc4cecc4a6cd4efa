"""How a command of the command line is declared: a function, its docstring as the help, and its arguments, all in one place."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Run = Callable[[argparse.Namespace], int]


@dataclass(frozen=True)
class Argument:
    """An argument of a command, as `argparse` takes it."""

    names: tuple[str, ...]
    options: dict[str, Any]


@dataclass(frozen=True)
class Command:
    """A command. data: it prints data, so it has `--format`; language: it shows texts; passes_on: what it does not know goes to another program."""

    run: Run
    text: str
    arguments: tuple[Argument, ...]
    data: bool
    language: bool
    passes_on: bool


#: By name, in the order of the help.
COMMANDS: dict[str, Command] = {}


def argument(*names: str, **options: Any) -> Argument:
    return Argument(names, options)


def command(*arguments: Argument, data: bool = False, language: bool = True, passes_on: bool = False) -> Callable[[Run], Run]:
    """Declares a command of the function's name; the first line of its docstring is its help."""

    def register(run: Run) -> Run:
        text = (run.__doc__ or "").partition("\n")[0]
        if not text or run.__name__ in COMMANDS:
            raise ValueError(f"{run.__name__} has no docstring or is declared twice")
        COMMANDS[run.__name__] = Command(run, text, arguments, data, language, passes_on)
        return run

    return register


def at_least_one(text: str) -> int:
    """The type of an argument that is a number of things."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return value
