"""How a command of the command line is declared: a function, its help in both languages, and its arguments, all in one place."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..kernel.texts import Text

Run = Callable[[argparse.Namespace], int]


@dataclass(frozen=True)
class Argument:
    """An argument of a command, as `argparse` takes it but for its help, which is there in both languages."""

    names: tuple[str, ...]
    help: Text
    options: dict[str, Any]

    @property
    def positional(self) -> bool:
        return not self.names[0].startswith("-")


@dataclass(frozen=True)
class Command:
    """A command. data: it prints data, so it has `--format`; language: it shows texts; passes_on: what it does not know goes to another program."""

    run: Run
    text: Text
    arguments: tuple[Argument, ...]
    data: bool
    language: bool
    passes_on: bool


#: By name, in the order of the help.
COMMANDS: dict[str, Command] = {}


def argument(*names: str, help: tuple[str, str], **options: Any) -> Argument:
    """Declares an argument. help: what it is, in Chinese and in English."""
    return Argument(names, Text(*help), options)


def command(zh: str, *arguments: Argument, data: bool = False, language: bool = True, passes_on: bool = False, called: str = "") -> Callable[[Run], Run]:
    """Declares a command of the function's name, or `called` what no function can be. zh: its help in Chinese; in English the first line of the docstring."""

    def register(run: Run) -> Run:
        en, name = (run.__doc__ or "").partition("\n")[0], called or run.__name__
        if not (zh and en) or name in COMMANDS:
            raise ValueError(f"{name} has no help in both languages or is declared twice")
        COMMANDS[name] = Command(run, Text(zh, en), arguments, data, language, passes_on)
        return run

    return register


def at_least_one(text: str) -> int:
    """The type of an argument that is a number of things."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return value


def seconds(text: str) -> float:
    """The type of an argument that is a time: a second at least, and parts of one."""
    value = float(text)
    if not value >= 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return value


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
