"""What is wrong with a call of the command line, in both languages: argparse says it in English alone."""

from __future__ import annotations

import re

from ..kernel.texts import Text

_UNKNOWN = Text("无法识别的参数：{what}。请用 --help 查看用法。", "Unknown arguments: {what}. See --help for the usage.")

#: What argparse says (Python 3.11 to 3.14), and how it is said here; what is caught goes into the places of the same name.
_SAID: tuple[tuple[str, Text], ...] = (
    (
        r"the following arguments are required: (?P<what>.+)",
        Text("缺少参数：{what}。请用 --help 查看用法。", "These arguments are missing: {what}. See --help for the usage."),
    ),
    (
        r"argument COMMAND: invalid choice: '(?P<value>.*?)' \(choose from (?P<known>.*)\)",
        Text("没有命令“{value}”。请选择：{known}。", "There is no command {value}. Choose one of: {known}."),
    ),
    (
        r"argument (?P<name>.+?): invalid choice: '?(?P<value>.*?)'? \(choose from (?P<known>.*)\)",
        Text("{name} 不能是“{value}”。请选择：{known}。", "{name} cannot be {value}. Choose one of: {known}."),
    ),
    (
        r"argument (?P<name>.+?): invalid (?:int|at_least_one) value: '(?P<value>.*)'",
        Text("{name} 不能是“{value}”。请填写一个整数。", "{name} cannot be {value}. Give a whole number."),
    ),
    (
        r"argument (?P<name>.+?): invalid \w+ value: '(?P<value>.*)'",
        Text("{name} 不能是“{value}”。请填写一个数。", "{name} cannot be {value}. Give a number."),
    ),
    (
        r"argument (?P<name>.+?): expected (?:at least )?one argument",
        Text("{name} 后面缺少值。请补上。", "{name} needs a value. Give one after it."),
    ),
    (
        r"argument (?P<name>.+?): not allowed with argument (?P<other>.+)",
        Text("{name} 与 {other} 不能同时使用。请只用一个。", "{name} and {other} cannot be used together. Use one of them."),
    ),
    (
        r"argument (?P<name>.+?): ignored explicit argument '(?P<value>.*)'",
        Text("{name} 后面不能带值“{value}”。请去掉。", "{name} takes no value, but {value} is given. Remove it."),
    ),
    (
        r"ambiguous option: (?P<name>\S+) could match (?P<known>.*)",
        Text("{name} 不明确，可能是：{known}。请写完整。", "{name} is ambiguous; it can mean: {known}. Write it in full."),
    ),
    (r"argument (?P<name>.+?): must be at least 1", Text("{name} 至少为 1。请改大。", "{name} must be at least 1. Give a larger number.")),
    (r"unrecognized arguments: (?P<what>.*)", _UNKNOWN),
)


def said(message: str) -> Text:
    """What argparse found wrong, in both languages; what it has no words for here is told as it is."""
    for pattern, text in _SAID:
        if found := re.fullmatch(pattern, message):
            return text.fill(**{name: _listed(name, value) for name, value in found.groupdict().items()})
    return Text(f"用法有误：{message}", message)


def _listed(name: str, value: str) -> Text | str:
    if name not in ("known", "what"):
        return value
    items = [item.strip("' ") for item in value.split(",")]
    return Text("、".join(items), ", ".join(items))
