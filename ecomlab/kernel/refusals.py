"""Refusals: the expected "no". Each kind is declared once, with a code and a message that says what to do next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from .names import both
from .texts import Text


class Problem(NamedTuple):
    """One thing that is wrong: a declared code, the field it belongs to (None: the whole), and what to do."""

    code: str
    field: str | None
    text: Text


class Refusal(Exception):
    """A command said no and changed nothing. Carries one problem or, from parsing, one for each bad field."""

    def __init__(self, problems: Iterable[Problem]):
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{p.field}: {p.text}" if p.field else str(p.text) for p in self.problems))

    @property
    def code(self) -> str:
        return self.problems[0].code

    @property
    def field(self) -> str | None:
        return self.problems[0].field

    @property
    def text(self) -> Text:
        return self.problems[0].text


@dataclass(frozen=True)
class RefusalKind:
    """A declared kind of refusal; calling it makes the exception to raise. Names of the laboratory's data are said language by language."""

    code: str
    text: Text

    def __call__(self, field: str | None = None, **values: object) -> Refusal:
        said = {name: both(value) if isinstance(value, str) else value for name, value in values.items()}
        return Refusal([Problem(self.code, field, self.text.fill(**said))])


KINDS: dict[str, RefusalKind] = {}


def refusal(code: str, zh: str, en: str) -> RefusalKind:
    """Declares a kind of refusal. A code is declared once; `{name}` places are filled when it is raised."""
    if code in KINDS:
        raise ValueError(f"refusal {code!r} is declared twice")
    return KINDS.setdefault(code, RefusalKind(code, Text(zh, en)))


@dataclass(frozen=True)
class Declined:
    """What a command returns when its "no" must be remembered (a wrong PIN that counts towards a lock).

    The entry is accepted with this outcome; whoever called the command gets the refusal all the same.
    """

    refusal: Refusal

    def record(self) -> dict[str, str | None]:
        return {"declined": self.refusal.code, "field": self.refusal.field}


# Refusals that the kernel itself gives.
UNKNOWN_COMMAND = refusal("unknown_command", "没有名为 {name} 的操作。请核对名称。", "There is no command named {name}. Check the name.")
NOT_IN_THIS_WORLD = refusal(
    "not_in_this_world",
    "这个实验环境（场景“{scenario}”）里没有模块“{module}”。要用它，请在另一个文件夹里打开有它的场景，例如“{example}”。",
    "This laboratory (scenario {scenario}) has no module {module}. To use it, open a scenario that has it, such as {example}, in another folder.",
)
SIGN_IN_FIRST = refusal(
    "sign_in_first",
    "此操作须以“{role}”身份进行，请先登录。",
    "Only the {role} does this. Sign in as {role} first.",
)
WRONG_SESSION = refusal(
    "wrong_session",
    "身份“{by}”没有登录，或与此操作要求的“{role}”不符。请先以正确的身份登录。",
    "{by} is not signed in, or is not the {role} that this command asks for. Sign in as the right one first.",
)
IS_FINAL = refusal(
    "is_final",
    "“{what}”已经评判，结果已告诉你，不能撤销。请接着往下做。",
    "{what} has been judged and you have been told, so it cannot be undone. Go on from here.",
)
NOTHING_TO_UNDO = refusal("nothing_to_undo", "还没有可以撤销的操作。请先做一项操作。", "There is nothing to undo yet. Do something first.")
READ_ONLY = refusal(
    "read_only",
    "这个实验环境只能查看，不能操作。原因：{why}",
    "This laboratory is read-only. The reason: {why}",
)
CANNOT_WRITE = refusal(
    "cannot_write",
    "无法写入日志（{why}），本次操作没有生效。请检查磁盘空间和文件夹权限后重试。",
    "The logbook cannot be written ({why}); nothing was done. Check disk space and folder permissions, then try again.",
)
