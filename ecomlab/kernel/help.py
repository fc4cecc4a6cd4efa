"""Help on a command as a reader of either language sees it: `help(lab.email.send)`, from the declaration alone."""

from __future__ import annotations

from . import values
from .command import Command, Param
from .texts import Language, Text

#: What a field takes, by its kind.
KINDS = {
    "money": Text("金额，元，最多两位小数", "an amount in CNY, at most two decimals"),
    "count": Text("整数", "a whole number"),
    "day": Text("日期，例如 2026-09-20", "a day, such as 2026-09-20"),
    "line": Text("一行文字", "one line of text"),
    "prose": Text("文字，可多行", "text of several lines"),
    "ref": Text("编号或名称", "a number or name"),
    "secret": Text("密码", "a password or PIN"),
    "flag": Text("是或否：True 或 False", "True or False"),
    "upload": Text("文件内容：bytes 或 base64", "a file's content, as bytes or base64"),
    "choice": Text("选项", "one of"),
    "rows": Text("若干行，每行一个字典", "rows, each a dictionary"),
}
REQUIRED, OPTIONAL = Text("必填", "required"), Text("选填", "optional")


def docstring(command: Command, language: Language) -> str:
    """What `help()` shows: the docstring in English; for a Chinese reader the declaration in Chinese before it, and that it is in English."""
    return command.doc if language == "en" else f"{described(command, language)}\n\n英文说明：\n\n{command.doc}"


def described(command: Command, language: Language) -> str:
    """A command in words: its title, as whom it is done, which tasks it does, and what each of its fields takes."""
    zh = language == "zh"
    head = command.title.say(language) + ("。" if zh else ".")
    role = f"以“{command.role.title.zh}”身份进行。" if zh else f"Done as {command.role.title.en}."
    tasks = (f"任务：{'、'.join(command.tasks)}。" if zh else f"Tasks: {', '.join(command.tasks)}.") if command.tasks else ""
    fields = [_field(p, language, "    ") for p in command.params]
    title = ("字段：" if zh else "Fields:") if fields else ("无需填写任何字段。" if zh else "It has no fields.")
    return "\n".join([head, "", " ".join(filter(None, (role, tasks))), "", title, *fields])


def _field(p: Param, language: Language, indent: str) -> str:
    """A line for a field: its name and label, whether it is required, what it takes, its bounds and its help; then its columns, a line each."""
    zh = language == "zh"
    said = [(REQUIRED if p.required else OPTIONAL).say(language), KINDS[p.kind].say(language) + _options(p, language)]
    if p.ask.unit:
        said.append(f"单位：{p.ask.unit.zh}" if zh else f"unit: {p.ask.unit.en}")
    said += [_bound(code, bound, language) for code, bound in (("too_small", p.ask.ge), ("too_large", p.ask.le)) if bound is not None]
    if p.kind in ("line", "prose"):
        said.append(f"最多 {p.ask.max} 个字符" if zh else f"at most {p.ask.max} characters")
    if not p.required and p.default not in (None, "", False):
        said.append(f"默认 {p.default}" if zh else f"default {p.default}")
    if p.ask.help:
        said.append(p.ask.help.say(language).rstrip("。."))
    line = f"{indent}{p.name}{'：' if zh else ': '}{p.label.say(language)}{'（' if zh else ' ('}{('；' if zh else '; ').join(said)}{'）' if zh else ')'}"
    return "\n".join([line, *(_field(c, language, indent + "    ") for c in p.columns)])


def _options(p: Param, language: Language) -> str:
    """The words that a choice among fixed words takes, each with what it means."""
    if not p.options:
        return ""
    labels = [(o, p.ask.labels[o].say(language)) for o in p.options]
    return (" " if language == "en" else "：") + ("、" if language == "zh" else ", ").join(o if o == said else f"{o} ({said})" for o, said in labels)


def _bound(code: str, bound: str, language: Language) -> str:
    said = values.MESSAGES[code].fill(bound=bound).say(language).rstrip("。.")
    return said if language == "zh" else said[0].lower() + said[1:]
