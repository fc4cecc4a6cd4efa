"""Monthly scores: rewards and fines with their reasons, submitted the day before pay at the latest, and approved by somebody else."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from ...books import documents
from ...books.paper import approval
from ...kernel.command import command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Flag, Line, Money, Ref
from ..b2c.members import SHOPKEEPER
from .desk import SUPERVISOR, Clerk, clerk_of, merchant_of
from .kinds import SCORE_SHEET

#: The day of the month on which wages are paid.
PAY_DAY = 10

NO_SCORES = refusal("no_scores", "本月还没有评分。请先登记奖惩。", "Nothing has been scored this month. Enter a reward or a fine first.")
SUBMITTED = refusal("scores_submitted", "评分表 {number} 已提交，不能再改。请等待审批。", "The score sheet {number} has been submitted. Wait for the decision.")
TOO_LATE_FOR_PAY = refusal(
    "too_late_for_pay",
    "评分表 {number} 须在发薪日 {day} 的前一天或更早提交。请转入下月。",
    "The score sheet {number} was to be submitted before the pay day {day}. Score again for the next month.",
)
NOT_ONESELF = refusal("score_clerks_only", "主管不能给自己评分。请选择客服人员。", "A supervisor does not score themselves. Choose a clerk.")


def pay_day(day: datetime.date) -> datetime.date:
    """The next pay day after a day."""
    this = day.replace(day=PAY_DAY)
    return this if day < this else (day.replace(day=1) + datetime.timedelta(days=32)).replace(day=PAY_DAY)


documents.offer(
    "service.sheets_to_decide", approval.APPROVAL, "requested", of="approval", shows="t.about, t.asker",
    where="t.role = 'shopkeeper' and t.about in (select s.number from service_score_sheet s where s.merchant = $actor)", order="d.number",
)  # fmt: skip


def _sheet(look: Looking, merchant: str, day: datetime.date) -> Any:
    """The sheet for the next pay day, with its state, or None."""
    return look.one(
        "select s.*, d.state from service_score_sheet s join document d using (number) where s.merchant = $m and s.pay_day = $day", m=merchant, day=pay_day(day)
    )


@command("DESK018", role=SUPERVISOR, title=("登记奖惩", "Score a clerk"))
def score(
    do: Doing,
    clerk: Clerk,
    kind: Annotated[Literal["reward", "fine"], Ask("奖或罚", "Reward or fine")],
    amount: Annotated[Money, Ask(ge="50.00", le="200.00", unit=Text("元", "CNY"), help=Text("50 到 200 元", "50 to 200 CNY"))],
    reason: Annotated[Line, Ask("事由", "Reason", max=200)],
) -> str:
    """Enters a reward or a fine for the next pay day, of 50 to 200 CNY, with its reason; gives the sheet. Another kind for the same reason is a line more."""
    merchant = merchant_of(do, do.actor)
    if clerk_of(do, clerk).post == SUPERVISOR.name:
        raise NOT_ONESELF("clerk")
    sheet = _sheet(do, merchant, do.day)
    if sheet is None:
        made = documents.create(do, SCORE_SHEET, owner=merchant)
        do.execute("insert into service_score_sheet values ($n, $m, $day, $who)", n=made.number, m=merchant, day=pay_day(do.day), who=do.actor)
        sheet = _sheet(do, merchant, do.day)
    elif sheet.state != "draft":
        raise SUBMITTED("clerk", number=sheet.number)
    line = do.value("select count(*) from service_score where number = $n", n=sheet.number) + 1
    do.execute(
        "insert into service_score values ($n, $line, $clerk, $kind, $amount, $reason, $day)",
        n=sheet.number, line=line, clerk=clerk, kind=kind, amount=amount, reason=reason, day=do.day,
    )  # fmt: skip
    return str(sheet.number)


@command("DESK018", role=SUPERVISOR, title=("提交评分表", "Submit the scores"))
def submit_scores(do: Doing) -> dict[str, Any]:
    """Submits the sheet for the next pay day to the shop's owner; gives sheet, approval and pay day."""
    sheet = _sheet(do, merchant_of(do, do.actor), do.day)
    if sheet is None:
        raise NO_SCORES()
    found = documents.find(do, SCORE_SHEET, sheet.number)
    if found.state != "draft":
        raise SUBMITTED(number=sheet.number)
    total: Decimal = do.value("select sum(if(kind = 'fine', -amount, amount))::decimal(18,2) from service_score where number = $n", n=sheet.number)
    found.move_to("submitted")
    asked = approval.ask(do, sheet.number, SHOPKEEPER.name, total)
    return {"sheet": sheet.number, "approval": asked.number, "pay_day": sheet.pay_day}


@command("DESK018", role=SHOPKEEPER, title=("审批评分表", "Decide on the scores"))
def decide_scores(
    do: Doing,
    approval_number: Annotated[Ref, Ask("审批单", "Approval", choose="service.sheets_to_decide")],
    approves: Annotated[Flag, Ask("是否批准", "Approve")],
    reason: Annotated[Line, Ask(max=200)] = "",
) -> str:
    """Approves a score sheet, or sends it back to be put right; gives the sheet. Refuses to approve it when wages are being paid already."""
    about = do.value("select about from approval where number = $n", n=approval_number)
    sheet = do.one("select number, pay_day from service_score_sheet where number = $n", n=about)
    found = approval.decide(do, approval_number, approves, reason or "", "approval_number", offered="service.sheets_to_decide")
    if sheet and approves and do.day >= sheet.pay_day:
        raise TOO_LATE_FOR_PAY("approval_number", number=sheet.number, day=sheet.pay_day)
    return str(do.value("select about from approval where number = $n", n=found.number))


@documents.on(approval.APPROVAL, "approved")
def _approved(do: Doing, given: documents.Document) -> None:
    _decided(do, given, "approved")


@documents.on(approval.APPROVAL, "rejected")
def _rejected(do: Doing, given: documents.Document) -> None:
    _decided(do, given, "draft")


def _decided(do: Doing, given: documents.Document, state: str) -> None:
    about = do.value("select a.about from approval a join document d on d.number = a.about where a.number = $n and d.kind = $kind",
                     n=given.number, kind=SCORE_SHEET.name)  # fmt: skip
    if about:
        documents.find(do, SCORE_SHEET, about).move_to(state)


@query(role=SUPERVISOR, title=("查看评分表", "View the scores"))
def score_sheets(do: Doing) -> Table:
    """The lines of all sheets, the newest first: number, pay_day, state, clerk, full_name, kind, amount, reason, day."""
    return do.table(
        """select s.number, s.pay_day, d.state, x.clerk, c.full_name, x.kind, x.amount, x.reason, x.day
           from service_score_sheet s join document d using (number) join service_score x using (number) join service_clerk c on c.clerk = x.clerk
           where s.merchant = $m order by s.number desc, x.line limit 500""",
        m=merchant_of(do, do.actor),
    )
