"""What a reader meets, rendered for one world in each language: one language at a time, and the words of docs/style.md."""

from __future__ import annotations

import dataclasses
import re

import pytest

from ecomlab.dashboards.declared import DASHBOARDS
from ecomlab.kernel.command import COMMANDS
from ecomlab.kernel.refusals import KINDS
from ecomlab.kernel.tasks import tasks
from ecomlab.kernel.texts import Text
from ecomlab.kernel.values import MESSAGES
from tests import texts, words, worlds


@pytest.mark.whole
@pytest.mark.usefixtures("understudied")
def test_every_text_is_in_one_language_at_a_time_and_in_the_words_of_the_style_guide() -> None:
    found = [f"{slip.said.module} {slip.said.where}, {slip.language}: {slip.why}" for said in words.every(words.world()) for slip in words.slips(said)]
    assert found == []


def test_every_text_of_the_source_is_in_the_words_of_the_style_guide() -> None:
    exempt = {KINDS[code].text for code in (*words.FINDINGS, *words.FILLED_IN)}
    every = list(texts.pairs())
    assert len(every) > 3000 and {p.of for p in every} >= {"refusal", "Text", "title", "told", "headline", "help", "fail", "invariant"}
    assert [f"{p.file}:{p.line}: {why}: {p.text}" for p in every if p.text not in exempt for why in words.in_source(p)] == []


def test_help_at_a_field_is_a_phrase_and_a_title_too() -> None:
    helps = [p.ask.help for c in COMMANDS.values() for p in c.params if p.ask.help]
    titles = [c.title for c in COMMANDS.values()] + [t.title for t in tasks().values()]
    assert [str(t) for t in (*helps, *titles) if t.zh.endswith(("。", "；")) or t.en.endswith((".", ";")) or "。" in t.zh or ". " in t.en] == []


def test_goals_hints_and_titles_are_short() -> None:
    """Chinese by characters, English by words; a place counts as one word and as four characters, and so does a Latin word in Chinese."""

    def zh(text: str) -> int:
        return len(re.sub(r"\{[^{}]*\}|[!-z–]+", "四个字符", text))

    def en(text: str) -> int:
        return len(text.split())

    most = {"title": (11, 6), "goal": (56, 34), "hint": (70, 38)}
    long = [
        f"{code} {part}: {zh(text.zh)} {en(text.en)} {text}"
        for code, task in tasks().items()
        for part, text in (("title", task.title), ("goal", task.goal), ("hint", task.hint))
        if zh(text.zh) > most[part][0] or en(text.en) > most[part][1]
    ]
    assert long == []


def test_a_hint_says_nothing_that_its_form_says_anyway() -> None:
    """A rule is help at its field and a refusal; the hint says why, or what goes wrong (docs/style.md, rule 3)."""
    assert [twice for task in tasks().values() for twice in words.said_twice(task)] == []
    copied = dataclasses.replace(tasks()["EMAIL001"], hint=MESSAGES["password_weak"])
    assert len(list(words.said_twice(copied))) == 2, "in each language"


@pytest.mark.parametrize("scenario", ["b2c", "netsell"])
def test_headlines_and_letters_are_in_the_words_of_the_style_guide(scenario: str) -> None:
    """Headlines of the boards of a model student's world, one language at a time; what the laboratory wrote to mailboxes, both at once."""
    look = worlds.looked_at(scenario).look
    said = [words.Said(scenario, r.subject, "letter", Text(r.body, r.body)) for r in look.all("select subject, body from mail_message where kind = 'notice'")]
    for name, board in DASHBOARDS.items():
        if not board.needs or look.scenario.has(board.needs):
            page = board.of(look)
            said += [words.Said(scenario, f"{name} {p.name}", "headline", text) for p in page.panels for text in (p.title, p.subtitle)]
    assert said
    assert [f"{slip.said.where}, {slip.language}: {slip.why}" for one in said for slip in words.slips(one)] == []


def test_a_filled_text_reads_as_one_text() -> None:
    """Between Chinese and Chinese is no space, between Chinese and Latin is one; a counted noun agrees with its number."""
    said = Text("向 {who} 订购 {n} 件 {what}", "Order {n:piece} of {what} from {who}").fill(who=Text("华东电子", "Huadong"), n=1, what="A4")
    assert said == Text("向华东电子订购 1 件 A4", "Order 1 piece of A4 from Huadong")
    assert Text("{n}", "{n:year}").fill(n=3).en == "3 years" and Text("{n}", "{n:,} CNY").fill(n=1234).en == "1,234 CNY"
    assert Text("给 {who} 的 {what}", "{what} to {who:}").left_open() == Text("给…的…", "… to …")


def test_what_is_banned_is_seen() -> None:
    def why(zh: str, en: str) -> set[str]:
        return {slip.why for slip in words.slips(words.Said("x", "x", "task", Text(zh, en)))}

    assert why("为期 1 年", "for 1 years") and why("查看 Jiangnan Trading", "View Jiangnan Trading") and why("名称是江南", "The name is 江南")
    assert why("签定合同", "Sign the contract") and why("查看邮件", "Read the letter")
    assert not why("车牌 浙XQAGF9，用户名 lin.xiao", "Plate 浙XQAGF9, user name lin.xiao") and not why("字母或数字", "letters or digits")
