"""Questionnaires: single and multiple choice, one vote a voter, results; a change after votes begins a new version."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Any, Literal, TypedDict

from ...books.records import family
from ...kernel.audit import invariant
from ...kernel.command import VISITOR, choices, command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Line, Ref
from .members import MARKETER

OPTION_TWICE = refusal("option_twice", "选项“{option}”重复。请删去一行。", "The option {option} is entered twice. Keep one row.")
FEW_OPTIONS = refusal("few_options", "选项的数目不对。请填写 2 到 10 个选项。", "The number of options is wrong. Enter 2 to 10 options.")
NO_QUESTIONNAIRE = refusal(
    "no_questionnaire",
    "没有问卷 {number}，或该问卷已被删除。请从列表中选择。",
    "There is no questionnaire {number}, or it was deleted. Choose one from the list.",
)
ALREADY_VOTED = refusal(
    "already_voted",
    "你的企业已在 {day} 投过票，每家会员在一份问卷上只有一票。请选择其他问卷，或先撤回这一票。",
    "Your company voted on {day}, and each member has one vote on a questionnaire. Choose another questionnaire, or withdraw that vote first.",
)
NOT_VOTED = refusal(
    "not_voted",
    "你的企业在问卷 {number} 上没有投票。请选择投过票的问卷。",
    "Your company has no vote on the questionnaire {number}. Choose one on which it voted.",
)
NO_SUCH_OPTION = refusal(
    "no_such_option", "没有选项“{option}”。请填写 1 到 {count} 之间的序号。", "There is no option {option}. Enter numbers from 1 to {count}."
)
ONE_OPTION = refusal("one_option", "这是单选问卷。请只选一项。", "This questionnaire is single choice. Choose one option.")


class Option(TypedDict):
    """A row of the options."""

    option: Annotated[Line, Ask("选项", "Option", max=60)]


class questionnaire:
    """Once votes are in, a change begins a new version without votes; the old version's results stay."""

    title: Annotated[Line, Ask("问卷标题", "Question", max=80)]
    answer_type: Annotated[Literal["single", "multiple"], Ask("问卷类型", "Type")]
    options: Annotated[list[Option], Ask("选项", "Options")]

    columns = ("title", "answer_type", "version")

    @staticmethod
    def ready(do: Doing, values: dict[str, Any], old: Any) -> dict[str, Any]:
        if "options" in values:
            _check_options([o["option"] for o in values["options"]])
        voted = old is not None and do.value(
            "select 1 from netsell_ballot where questionnaire = $number and version = $version limit 1", number=old.number, version=old.version
        )
        return {**values, "version": 1 if old is None else old.version + 1 if voted else old.version}

    @staticmethod
    def kept(do: Doing, number: str, values: dict[str, Any]) -> None:
        version = do.value("select version from netsell_questionnaire where number = $number", number=number)
        if "options" in values:
            do.execute("delete from netsell_question_option where questionnaire = $number and version = $version", number=number, version=version)
            for i, row in enumerate(values["options"], start=1):
                do.execute(
                    "insert into netsell_question_option values ($number, $version, $i, $option)", number=number, version=version, i=i, option=row["option"]
                )
        elif not _options(do, number, version):
            do.execute(
                """insert into netsell_question_option
                   select questionnaire, $version, choice, option from netsell_question_option where questionnaire = $number and version = $version - 1""",
                number=number, version=version,
            )  # fmt: skip


family(questionnaire, "NQ", ("调查问卷", "questionnaire"), plural="questionnaires", role=MARKETER, tasks=("NETSELL021", "NETSELL022", "NETSELL023"))


def _check_options(texts: list[str]) -> None:
    if not 2 <= len(texts) <= 10:
        raise FEW_OPTIONS("options")
    for i, text in enumerate(texts):
        if text.casefold() in (t.casefold() for t in texts[:i]):
            raise OPTION_TWICE("options", option=text)


def _options(look: Looking, number: str, version: int) -> list[str]:
    rows = look.all(
        "select option from netsell_question_option where questionnaire = $number and version = $version order by choice", number=number, version=version
    )
    return [r.option for r in rows]


def _open(look: Looking, number: str, field: str) -> Any:
    row = look.one("select q.* from netsell_questionnaire q join document using (number) where number = $number and state <> 'deleted'", number=number)
    if row is None:
        raise NO_QUESTIONNAIRE(field, number=number)
    return row


@choices("netsell.open_questionnaires")
def _to_answer(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    rows = look.all("select number, q.title, q.version from netsell_questionnaire q join document using (number) where state <> 'deleted' order by number")
    return [(r.number, f"{r.title} · " + " ".join(f"{i}.{o}" for i, o in enumerate(_options(look, r.number, r.version), 1))) for r in rows]


Open = Annotated[Ref, Ask("调查问卷", "Questionnaire", choose="netsell.open_questionnaires")]


@query(role=VISITOR, title=("查看问卷", "View a questionnaire"))
def ballot_paper(do: Doing, questionnaire: Open) -> Table:
    """The options of a questionnaire: title, answer_type, choice (the number to vote with), option."""
    row = _open(do, questionnaire, "questionnaire")
    return Table(
        ("title", "answer_type", "choice", "option"),
        [(row.title, row.answer_type, i, o) for i, o in enumerate(_options(do, row.number, row.version), start=1)],
    )


@command("NETSELL024", role=MARKETER, title=("投票", "Vote"))
def vote(
    do: Doing,
    questionnaire: Open,
    choices: Annotated[Line, Ask("选项序号", "Option numbers", max=40, example="2", help=Text("多选时用逗号分开", "Separate several numbers by commas"))],
) -> list[int]:
    """Votes on a questionnaire; gives the numbers of the options chosen. Each member has one vote a version."""
    row = _open(do, questionnaire, "questionnaire")
    options = _options(do, row.number, row.version)
    chosen = set()
    for part in re.split(r"[,，;；、\s]+", choices.strip(",，;；、 ")):
        if not (part.isascii() and part.isdigit() and len(part) < 3 and 1 <= int(part) <= len(options)):
            raise NO_SUCH_OPTION("choices", option=part[:20], count=len(options))
        chosen.add(int(part))
    if row.answer_type == "single" and len(chosen) > 1:
        raise ONE_OPTION("choices")
    before = do.value(
        "select day from netsell_ballot where questionnaire = $number and version = $version and voter = $voter",
        number=row.number, version=row.version, voter=do.actor,
    )  # fmt: skip
    if before:
        raise ALREADY_VOTED("questionnaire", day=before)
    cast_ballots(do, row.number, row.version, [(do.actor, sorted(chosen))])
    return sorted(chosen)


@command(role=MARKETER, title=("撤回投票", "Withdraw a vote"))
def withdraw_vote(do: Doing, questionnaire: Open) -> str:
    """Takes the member's vote on a questionnaire back, so that it can vote again; gives the questionnaire. A vote on an earlier version stays."""
    row = _open(do, questionnaire, "questionnaire")
    own = {"number": row.number, "version": row.version, "voter": do.actor}
    mine = "questionnaire = $number and version = $version and voter = $voter"
    if not do.value(f"select 1 from netsell_ballot where {mine}", **own):
        raise NOT_VOTED("questionnaire", number=questionnaire)
    do.execute(f"delete from netsell_ballot where {mine}", **own)
    return questionnaire


def cast_ballots(do: Doing, number: str, version: int, ballots: Sequence[tuple[str, list[int]]]) -> None:
    """Notes ballots: (voter, numbers of the options). Who voted before is the caller's concern."""
    flat = [(voter, choice) for voter, chosen in ballots for choice in chosen]
    do.execute(
        "insert into netsell_ballot select $number, $version, unnest($voters::varchar[]), unnest($choices::integer[]), $day",
        number=number, version=version, voters=[v for v, _ in flat], choices=[c for _, c in flat], day=do.day,
    )  # fmt: skip


@query(role=VISITOR, title=("查看问卷结果", "View questionnaire results"))
def results(do: Doing, questionnaire: Open) -> Table:
    """The votes on each option, every version, as a bar chart: version, choice, option, votes, share (percent of the voters)."""
    _open(do, questionnaire, "questionnaire")
    rows = do.all(
        """select o.version, o.choice, o.option, count(b.voter) as votes,
                  (select count(distinct voter) from netsell_ballot v where v.questionnaire = o.questionnaire and v.version = o.version) as voters
           from netsell_question_option o
           left join netsell_ballot b on b.questionnaire = o.questionnaire and b.version = o.version and b.choice = o.choice
           where o.questionnaire = $number group by o.questionnaire, o.version, o.choice, o.option order by o.version, o.choice""",
        number=questionnaire,
    )

    def share(r: Any) -> Decimal | None:
        return (Decimal(100 * r.votes) / r.voters).quantize(Decimal("0.1")) if r.voters else None

    return Table(("version", "choice", "option", "votes", "share"), [(r.version, r.choice, r.option, r.votes, share(r)) for r in rows], bars=("share",))


@invariant("one_vote", "单选问卷上每人一票，且只投给存在的选项", "On a single choice everybody has one vote, and every vote is for an option there is")
def _one_vote(look: Looking) -> list[str]:
    return [
        f"{r.questionnaire} v{r.version}: {r.voter} {r.why}"
        for r in look.all(
            """select b.questionnaire, b.version, b.voter, 'voted ' || count(*) || ' times' as why from netsell_ballot b
               join netsell_questionnaire q on q.number = b.questionnaire and q.version = b.version
               where q.answer_type = 'single' group by all having count(*) > 1
               union all select questionnaire, version, voter, 'chose ' || choice from netsell_ballot
               anti join netsell_question_option using (questionnaire, version, choice)
               order by all"""
        )
    ]
