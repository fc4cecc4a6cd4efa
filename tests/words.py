"""The words of the product as a reader meets them: rendered for one world, in one language at a time, held against docs/style.md.

python -m tests.words [MODULE...]     lists what is wrong, by module
"""

from __future__ import annotations

import functools
import itertools
import re
import sys
from collections.abc import Iterator
from typing import NamedTuple

from ecomlab.cli import demo, edi, making, new, report  # noqa: F401  (declare their refusals)
from ecomlab.grading.assess import assess
from ecomlab.kernel import packages, terms
from ecomlab.kernel.command import COMMANDS
from ecomlab.kernel.evidence import brief, shown
from ecomlab.kernel.refusals import KINDS
from ecomlab.kernel.scenario import home as home_of
from ecomlab.kernel.state import State
from ecomlab.kernel.tasks import Task, tasks
from ecomlab.kernel.texts import LANGUAGES, Language, Text
from ecomlab.kernel.values import MESSAGES
from tests import worlds
from tests.texts import Pair

#: Chinese that an English text has as well: the first character of a plate is its province.
HAN = re.compile(r"[\u4e00-\u9fff](?![A-Z][A-Z0-9]{5,6})[\u4e00-\u9fff]*")
#: Latin words that Chinese text has as well: codes, marks, names of formats and products of the field.
LATIN = re.compile(
    r"\{\w+\}|`[^`]*`|“[A-Za-z0-9 .,:/@_-]+”|https?://\S+|\S+@\S+|[a-z]+\.[a-z]+|lab\.[\w.]+(\([^)]*\))?|ecomlab \w+|--\w+ \S+"
    r"|[\w.-]+\.(?:cn|com|net|org|test|jsonl|toml|pem|p12|csv|py)\b"
)
WORD = re.compile(r"[A-Za-z][a-z]{2,}(?: [A-Za-z][a-z]+)*")


class Said(NamedTuple):
    """A text of the product: where it stands, what sort it is, and how it reads in both languages."""

    module: str
    where: str
    sort: str
    text: Text


class Slip(NamedTuple):
    """Something that the style guide does not allow."""

    said: Said
    language: Language
    why: str


#: What the style guide bans (docs/style.md), by language: a pattern and what to say instead. Patterns see one rendered text.
BANNED: dict[Language, tuple[tuple[str, str], ...]] = {
    "zh": (
        (r"(?<!全)世界(?!时|贸)", "实验环境 / 日志"),
        (r"签定", "签署"),
        (r"购销合同", "买卖合同"),
        (r"注册资金", "注册资本"),
        (r"双方不同意", "双方均未同意"),
        (r"不变式|重演|成本层", "校验规则 / 重做 / 批次"),
        (r"门口", "收货区"),
        (r"仪表盘", "看板"),
        (r"承运商|承运方", "物流商"),
        (r"证书中心|证书机构", "认证中心"),
        (r"电子银行", "网上银行"),
        (r"竞标", "竞拍"),
        (r"拍卖目录", "拍品分类"),
        (r"订货单|采购单(?!位)", "采购订单"),
        (r"销售单(?!位)", "销售订单"),
        (r"废件箱", "已删除邮件"),
        (r"想想为什么", "说出原因"),
        (r"(?<!回)(?<!来)(?<!可)(?<!通)(?<!资)(?<!诚)(?<!相)(?<!征)(?<!短)(?<!电)(?<!守)(?<!微)(?<!书)欢迎信|寄到邮箱|这封信|回信", "邮件"),
        (r"一条调查问卷", "一份调查问卷"),
        (r"溢货(?!）)", "超储"),
        (r"(?<!图形)旗帜广告", "横幅广告"),
        (r"寄(?!售|存|包|商)", "发到"),
        (r"客户明细|客户交易历史|店的客户", "顾客"),
        (r"发货入库", "发货入仓"),
        (r"采购结算（|撤销网上订单", "结清采购订单 / 取消网上订单"),
        (r"您", "你（只有机构的邮件称您）"),
        (r"[\u4e00-\u9fff][,;:!?]|[,;:!?][\u4e00-\u9fff]", "全角标点"),
    ),
    "en": (
        (r"(?i)\b1 (years|days|tries|pieces|tasks|letters|entries|times)\b", "a number before a plural"),
        (r"(?i)\bstands? (twice|in two rows|still open)\b", "is entered twice"),
        (r"(?i)\banew\b", "again"),
        (r"(?i)\bdear\b(?! (sir|madam|ms|mr))", "expensive"),
        (r"(?i)\bkeepers?\b", "shop owner"),
        (r"(?i)\bwhoever\b", "anyone who"),
        (r"(?i)\bopens nothing\b", "cannot be used to sign in"),
        (r"(?i)\bnetwork marketing\b", "online marketing"),
        (r"(?i)^(?!.*(?:digit|capital|small letter)).*\bletters?\b", "message, e-mail"),
        (r"(?i)\bcalled off\b|\bcall(ing)? off\b", "cancelled"),
        (r"(?i)\bpostm[ae]n\b", "mail carrier"),
        (r"(?i)\bruns? short\b|\bpiles? up\b", "stock shortage / overstock"),
        (r"(?i)\bcertificate (centre|center)\b|certification centre", "certification authority"),
        (r"(?i)\be-banking\b|\belectronic bank(ing)?\b", "online banking"),
        (r"(?i)\bdespatch", "dispatch"),
        (r"(?i)\bPrice paid\b", "final price"),
        (r"(?i)\bNon-operating losses\b", "non-operating expenses"),
        (r"(?i)\bpurchase contract\b", "sales contract"),
        (r"(?i)\bseller's credit\b", "seller rating"),
        (r"^It is over:", "name what is over"),
        (r"(?i)\b(business|laboratory's) (clock|date)\b", "business day"),
        (r"(?i)\bthey (stand|lie)\b|\b(stands|lies) (in|at|on)\b", "is in"),
        (r"(?i)\brepertoire", "character set"),
        (r"(?i)\bstocktake sheet|\bdrop(s|ped)? (a|the) (count )?sheet|\bdrop it and count", "count sheet; void"),
        (r"(?i)^turns? .*\bdown\b|\bturned down\b", "reject"),
    ),
}  # fmt: skip
#: Sorts of text whose reader sees both languages at once, and whose institution says 您, as a letter does: only what else is banned counts there.
IN_BOTH = ("letter",)


def _lead(name: str) -> str:
    return name.partition(".")[0]


def every(state: State) -> Iterator[Said]:
    """All texts that this world's student can meet: tasks with their goals, commands, fields, refusals, terms."""
    homes = functools.cache(worlds.fresh_state)
    for code, task in tasks().items():
        home = state if state.scenario.has(task.module) else homes(home_of(task.module))  # the department's modules are in no semester
        given = shown(brief(home.look, code))
        parts = {"title": task.title, "goal": task.goal, "hint": task.hint} | {f"step {i}": s.text for i, s in enumerate(task.steps, 1)}
        for name, text in parts.items():
            yield Said(task.module, f"{code} {name}", "task", text.fill(**given))
        for goal in assess(home, code).goals:
            yield Said(task.module, f"{code} goal {goal.name}", "goal", goal.text)
    for name, command in COMMANDS.items():
        yield Said(_lead(name), name, "command", command.title)
        for p in command.params:
            yield Said(_lead(name), f"{name}({p.name})", "field", p.label)
            yield from (Said(_lead(name), f"{name}({p.name})={o}", "field", t) for o, t in p.ask.labels.items())
            if p.ask.help:
                yield Said(_lead(name), f"{name}({p.name}) help", "help", p.ask.help)
    for kind in KINDS.values():
        yield Said("refusals", kind.code, "refusal", kind.text)
    words = terms.read(packages.read("terms.toml"))
    yield from (Said("terms", name, "term", text) for name, text in words.glossary.items())
    yield from (Said(module, name, "term", text) for module, own in words.own.items() for name, text in own.items())


#: What a text must not look like once it is filled, whatever it says.
GLUED: dict[Language, tuple[tuple[str, str], ...]] = {
    "zh": (
        (r"。。|[，；：]。|。[，；：]", "two marks of punctuation"),
        (r"[\u4e00-\u9fff] [\u4e00-\u9fff](?![A-Z0-9])", "a space between Chinese and Chinese"),
        (r" [，。；：？！]|[，。；：？！] ", "a space beside a full-width mark"),
    ),
    "en": ((r"(?<!\.)\.\.(?!\.)|[,;:]\.|\.[,;]", "two marks of punctuation"), (r"\S  \S", "two spaces"), (r" [,.;:!?](?=\s|$)", "a space before a mark")),
}
PLACE = re.compile(r"\{[^{}]*\}")
#: A count in an English text; where it may be one its noun must follow it: `{n:piece}`.
COUNTED = re.compile(
    r"\{\w+(?::,)?\} (?:pieces|days|years|months|times|tries|products|rows|listings|entries|orders|documents|customers|members|votes|tasks|options)\b"
)


@functools.cache
def _patterns(language: Language) -> list[tuple[re.Pattern[str], str]]:
    """Compiled once: there are more than `re` keeps."""
    return [(re.compile(pattern), instead) for pattern, instead in (*GLUED[language], *BANNED[language])]


def _wrong(language: Language, shown: str) -> Iterator[tuple[str, str]]:
    """What stands in a text that is banned or glued, and what to say instead."""
    return ((found[0], instead) for pattern, instead in _patterns(language) if (found := pattern.search(shown)))


def slips(said: Said) -> Iterator[Slip]:
    """What is wrong with a text in either language."""
    for language in LANGUAGES:
        shown = said.text.say(language)
        for found, instead in _wrong(language, shown):
            if not (found == "您" and said.sort in IN_BOTH):
                yield Slip(said, language, f"“{found}”: {instead}")
        if said.sort in IN_BOTH:
            continue
        if language == "en" and (found := HAN.search(shown)):
            yield Slip(said, language, f"holds Chinese: {found[0]}")
        if language == "zh" and said.text.zh != said.text.en and (gloss := _gloss(said.text)):
            yield Slip(said, language, f"holds English: {gloss}")


#: Findings of a logbook tell what is, and one kind says what to do in its place for it: the rule of two sentences does not bind them.
FINDINGS = ("other_result", "failed_again", "other_day", "bad_undo")
FILLED_IN = ("certificate_unusable", "read_only")
#: The standard's own word, where its names are quoted.
OF_THE_STANDARD = re.compile(r"(?i)despatch")


def in_source(pair: Pair) -> Iterator[str]:
    """What is wrong with a text as the source has it, where no world renders it: a headline, a message of the command line, an agreement."""
    zh, en = pair.text
    if pair.of in ("letter", "tell", "notify", "refund"):
        return
    for language in LANGUAGES:
        for found, instead in _wrong(language, PLACE.sub("1", pair.text.say(language))):
            if not ("edifact" in pair.file and OF_THE_STANDARD.fullmatch(found)):
                yield f"“{found}”: {instead}"
    if counted := COUNTED.search(en):
        yield f"“{counted[0]}” may be one: name the noun in the place"
    if re.search("[，。；：？！（）《》、]", en):
        yield "holds Chinese punctuation"
    if pair.of != "refusal":
        return
    if not (zh.endswith(("。", "}")) and en.endswith((".", "}"))):
        yield "does not end with a full stop"
    if "请" not in zh or not re.search(r"[.:] [A-Z{`“l]", en):
        yield "does not say what to do (a second sentence, 请…)"


def _gloss(text: Text) -> str | None:
    """An English gloss in the Chinese text: words of two and more letters that the English text has as well, next to Chinese."""
    bare = LATIN.sub(" ", text.zh)
    for found in re.finditer(r"[\u4e00-\u9fff\w）”]+ ([A-Z]?[a-z]{2,}(?: [A-Za-z][a-z]+)*)", bare):
        if found[1] in text.en and found[1].lower() not in COMMON:
            return found[1]
    return None


#: Latin words that are Chinese usage in the field.
COMMON = frozenset(["ctrl", "certificates", "parquet", "lab", "logbook", "jupyter", "python", "pandas", "duckdb", "select", "dask"])


#: English words that say nothing of what a sentence is about.
_SMALL = frozenset(
    re.findall(
        r"\w+",
        """
    a an and are as at be by for has have in is it not of on one or so that the this to what which who with you your
    """,
    )
)
#: What the library says to anybody, of any command.
_ANYBODY = ("sign_in_first", "wrong_session", "not_signed_in", "nothing_to_undo")


@functools.cache
def gist(text: str, language: Language) -> dict[str, frozenset[str]]:
    """What each of its sentences is about: English words, pairs of Chinese characters. A sentence that sends one to a task, or has few words, is left out."""
    said = {}
    for sentence in re.split(r"(?<=[。！？.!?])\s*", text):
        chinese = re.sub(r"\W", "", sentence)
        about = {a + b for a, b in itertools.pairwise(chinese)} if language == "zh" else set(re.findall(r"[a-z0-9]+", sentence.lower())) - _SMALL
        if len(about) >= 4 and not re.search(r"[A-Z0-9]{3,}\d{3}", sentence):
            said[sentence] = frozenset(about)
    return said


@functools.cache
def _refused(language: Language) -> dict[str, frozenset[str]]:
    """The sentences of the refusals, which stand beside every task."""
    return {sentence: about for code, kind in KINDS.items() if code not in _ANYBODY for sentence, about in gist(kind.text.say(language), language).items()}


def beside(task: Task) -> Iterator[Text]:
    """What a student may read beside a task's hint: its goals, steps and fields."""
    yield from (task.goal, *(s.text for s in task.steps), *(g.text for g in task.goals))
    for p in (field for name in task.commands for asked in COMMANDS[name].params for field in (asked, *asked.columns)):
        if p.kind == "secret" and p.ask.new:
            yield MESSAGES["pin_weak" if p.ask.purpose.endswith(".pin") else "password_weak"]
        if p.ask.help:
            yield p.ask.help


def said_twice(task: Task) -> Iterator[str]:
    """The sentences of a task's hint that say for the most part what stands beside it anyway."""
    for language in LANGUAGES:
        others = _refused(language) | {other: about for text in beside(task) for other, about in gist(text.say(language), language).items()}
        for (hint, one), (other, two) in itertools.product(gist(task.hint.say(language), language).items(), others.items()):
            if len(one) <= 2 * len(two) <= 4 * len(one) and 2 * len(one & two) >= len(one | two):  # first what costs less: neither may be twice the other
                yield f"{task.code}: {hint} = {other}"


def world() -> State:
    """The world for which everything is rendered: a semester that has just begun."""
    return worlds.fresh_state("semester")


def main(modules: list[str]) -> int:
    found = [s for said in every(world()) if not modules or said.module in modules for s in slips(said)]
    for slip in found:
        print(f"{slip.said.module}\t{slip.said.where}\t{slip.language}\t{slip.why}\t{slip.said.text.say(slip.language)}")
    print(f"{len(found)} slips", file=sys.stderr)
    return bool(found)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
