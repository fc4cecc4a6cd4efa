"""The command line: `ecomlab --help`. Exit status 0 good, 1 something was found, 2 the call itself is wrong.

The commands stand in files by kind: `teach`, `grading`, `classroom`, `worlds`, `data`, `making`.
What a command needs is imported when it runs, so that help comes at once.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

# each declares its commands; the help lists them in this order
from . import teach, grading, classroom, worlds, data, market, making, witness  # noqa: F401  isort: skip
from ..kernel.texts import Language, Text
from .commands import COMMANDS, argument
from .mistakes import said
from .output import FOUND, GOOD, USAGE, fail, language_of, listen


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and gives its exit status. argv: the arguments without the program's name (default: the process's)."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    parser = _parser(listen(sys.argv[1:] if argv is None else argv))
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
        return INTERRUPTED
    except ModuleNotFoundError as error:
        if (error.name or "") in TEACHERS:
            return fail(
                "此命令属于教师用的部分。请安装 ecomlab-teacher（见 docs/teaching.md）。",
                "This command is in the teachers' part. Install ecomlab-teacher (docs/teaching.md).",
            )
        missing = (error.name or "").partition(".")[0]
        if missing == "ecomlab":
            raise
        extra = "cluster" if missing in CLUSTER else "course"
        how = f"pip install 'ecomlab[{extra}]'"
        return fail(f"此命令需要 {missing}。请安装：{how}", f"This command needs {missing}. Install it: {how}")
    except OSError as error:
        from ..kernel import files

        why = files.why(error)
        return fail(f"无法使用“{error.filename or '文件'}”：{why.zh}", f"{error.filename or 'a file'} cannot be used: {why.en}")
    except Exception as error:
        from ..kernel.refusals import Refusal

        if isinstance(error, RuntimeError) and str(error) == "Query interrupted":  # how Ctrl-C during a query comes out of DuckDB
            return INTERRUPTED
        if not isinstance(error, Refusal):
            raise
        print(f"ecomlab: {error.text.say(language_of(args))}", file=sys.stderr)
        return FOUND if error.code in _ABOUT_A_LOGBOOK else USAGE


#: What the students' wheel leaves out (pyproject.toml) and a command needs.
TEACHERS = ("ecomlab.cli.demo", "ecomlab.bench", "ecomlab.classroom")
#: What the extra `cluster` brings; everything else that may be missing comes with `course`.
CLUSTER = ("dask", "distributed")
#: The exit status after Ctrl-C, as a shell gives it: 128 and the number of the signal.
INTERRUPTED = 130
#: Refusals that say something about the logbook rather than about the call.
_ABOUT_A_LOGBOOK = ("not_a_logbook", "damaged_logbook", "other_scenario", "newer_rules", "unknown_scenario")


#: The words of every page of help, beside those of the commands themselves.
_ABOUT = Text(
    "供课堂使用的电子商务实验室：笔记本、重做日志的评分，以及相关工具。",
    "An e-commerce laboratory for classes: notebooks, grading by replay, and the tools around them.",
)
_ENDS = Text(
    "退出状态：0 正常，1 有发现（损坏、被拒绝的条目、过期的文件），2 用法有误。",
    "Exit status: 0 good, 1 something was found (damage, refused entries, a stale file), 2 wrong usage.",
)
_USAGE, _COMMANDS, _ARGUMENTS, _OPTIONS = Text("用法：", "usage: "), Text("命令", "commands"), Text("参数", "arguments"), Text("选项", "options")
_HELP = Text("显示本帮助", "show this help and exit")
_VERSION = Text("显示版本号", "show the version and exit")
_FORMAT = argument("--format", choices=("table", "json"), default="table", help=("输出格式（默认 table）", "how to print the data (default: table)"))
_LANGUAGE = argument(
    "--language", choices=("zh", "en"), default=argparse.SUPPRESS,  # named before the command or after it
    help=("文字的语言（默认按 ECOMLAB_LANGUAGE，其次按系统语言）", "the language of the texts (default: ECOMLAB_LANGUAGE, else the locale)"),
)  # fmt: skip


def _parser(language: Language) -> argparse.ArgumentParser:
    """The parser with all its help in one language."""
    from .. import __version__

    class Page(argparse.HelpFormatter):
        def format_help(self) -> str:
            page = super().format_help()
            for heading in (_COMMANDS.zh, _ARGUMENTS.zh, _OPTIONS.zh):
                page = page.replace(f"\n{heading}:\n", f"\n{heading}：\n")
            return page

        def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
            super().add_usage(usage, actions, groups, prefix if prefix is not None else _USAGE.say(language))

    class Parser(argparse.ArgumentParser):
        def error(self, message: str) -> NoReturn:
            self.print_usage(sys.stderr)
            self.exit(USAGE, f"ecomlab: {said(message).say(language)}\n")

    def options_of(parser: argparse.ArgumentParser) -> Any:
        made = parser.add_argument_group(_OPTIONS.say(language))
        made.add_argument("-h", "--help", action="help", help=_HELP.say(language))
        return made

    parser = Parser(
        prog="ecomlab", description=_ABOUT.say(language), epilog=_ENDS.say(language), formatter_class=Page, add_help=False
    )  # fmt: skip
    general = options_of(parser)
    general.add_argument("--version", action="version", version=f"ecomlab {__version__}", help=_VERSION.say(language))
    general.add_argument(*_LANGUAGE.names, help=_LANGUAGE.help.say(language), **_LANGUAGE.options)
    commands = parser.add_subparsers(metavar="COMMAND", required=True, title=_COMMANDS.say(language))
    for name, declared in COMMANDS.items():
        text = declared.text.say(language)
        short = text[0].lower() + text[1:].rstrip("。.")
        made = commands.add_parser(name, help=short, description=text, formatter_class=Page, add_help=False)
        made.set_defaults(run=declared.run, passes_on=declared.passes_on)
        taken = made.add_argument_group(_ARGUMENTS.say(language))
        options = options_of(made)
        for it in (*[_FORMAT] * declared.data, *[_LANGUAGE] * declared.language, *declared.arguments):
            (taken if it.positional else options).add_argument(*it.names, help=it.help.say(language), **it.options)
    return parser
