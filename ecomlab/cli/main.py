"""The command line: `ecomlab --help`. Exit status 0 good, 1 something was found, 2 the call itself is wrong.

The commands stand in files by kind: `teach`, `worlds`, `data`, `making`. What a command needs is imported when it runs, so that help comes at once.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

# each declares its commands; the help lists them in this order
from . import teach, worlds, data, making  # noqa: F401  isort: skip
from .commands import COMMANDS
from .output import FOUND, GOOD, USAGE, fail, language_of


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and gives its exit status. argv: the arguments without the program's name (default: the process's)."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    parser = _parser()
    try:
        args, rest = parser.parse_known_args(argv)
        if rest and not args.passes_on:
            parser.error(f"unrecognized arguments: {' '.join(rest)}")
    except SystemExit as stop:  # argparse has said why
        return int(stop.code or 0)
    if args.passes_on:
        args.rest = rest
    try:
        return int(args.run(args))
    except SystemExit as stop:  # JupyterLab and the benchmarks read arguments of their own
        return stop.code if isinstance(stop.code, int) else USAGE if stop.code else GOOD
    except BrokenPipeError:  # whoever read the output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return GOOD
    except KeyboardInterrupt:
        return 130
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == "ecomlab":
            raise
        return fail(f"this command needs {error.name}: pip install 'ecomlab[course]'")
    except OSError as error:
        return fail(f"{error.filename or 'a file'}: {error.strerror or error}")
    except Exception as error:
        from ..kernel.refusals import Refusal

        if not isinstance(error, Refusal):
            raise
        print(f"ecomlab: {error.text.say(language_of(args))}", file=sys.stderr)
        return FOUND if error.code in _ABOUT_A_LOGBOOK else USAGE


#: Refusals that say something about the logbook rather than about the call.
_ABOUT_A_LOGBOOK = ("not_a_logbook", "damaged_logbook", "other_scenario", "newer_rules", "unknown_scenario")


def _parser() -> argparse.ArgumentParser:
    from .. import __version__

    parser = argparse.ArgumentParser(
        prog="ecomlab",
        description="An e-commerce laboratory for classes: notebooks, grading by replay, and the tools around them.",
        epilog="Exit status: 0 good, 1 something was found (damage, refused entries, a stale file), 2 wrong usage.",
    )
    parser.add_argument("--version", action="version", version=f"ecomlab {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True, title="commands")
    for name, declared in COMMANDS.items():
        made = commands.add_parser(name, help=declared.text[0].lower() + declared.text[1:].rstrip("."), description=declared.text)
        made.set_defaults(run=declared.run, passes_on=declared.passes_on)
        if declared.data:
            made.add_argument("--format", choices=("table", "json"), default="table", help="how to print the data (default: table)")
        if declared.language:
            made.add_argument("--language", choices=("zh", "en"), help="of the texts shown (default: ECOMLAB_LANGUAGE, else the locale)")
        for argument in declared.arguments:
            made.add_argument(*argument.names, **argument.options)
    return parser
