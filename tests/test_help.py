"""`help(lab.email.send)`: for a Chinese reader what the declaration says, in Chinese, before the English docstring."""

from __future__ import annotations

import re
from typing import Any

from ecomlab.kernel.command import COMMANDS
from ecomlab.kernel.help import KINDS, described, docstring
from ecomlab.kernel.plays import Module
from tests import worlds
from tests.each import each

HAN = re.compile("[\u4e00-\u9fff]")


@each("name", sorted(COMMANDS))
def test_every_command_is_described_in_both_languages(name: str) -> None:
    command = COMMANDS[name]
    zh, en = described(command, "zh"), described(command, "en")
    words = re.sub("“.*?”|such as [^;]*", "", en)
    for option in sorted((o for p in command.params for o in p.options if HAN.search(o)), key=len, reverse=True):
        words = words.replace(option, "")  # what is typed in Python is the same in both languages
    assert not HAN.search(words), en
    assert zh.startswith(command.title.zh) and en.startswith(command.title.en)
    assert zh.count("\n") == en.count("\n")
    for p in command.params:
        assert re.search(rf"^ +{p.name}：{re.escape(p.label.zh)}（{'必填' if p.required else '选填'}", zh, re.M)
        assert KINDS[p.kind].zh in zh and all(f"{o}" in zh for o in p.options)
    assert all(code in zh and code in en for code in command.tasks)
    assert docstring(command, "en") == command.doc and docstring(command, "zh").endswith(command.doc)


def test_help_follows_the_language_of_the_laboratory(lab: Any) -> None:
    fresh = lab("email")
    fresh.language = "zh"
    assert "必填" in fresh.email.send.__doc__ and "EMAIL003" in fresh.email.send.__doc__
    fresh.language = "en"
    assert fresh.email.send.__doc__ == COMMANDS["email.send"].doc
    assert Module("email", fresh.call).send.__doc__ == COMMANDS["email.send"].doc
    worlds.assert_both(COMMANDS["email.send"].title)
