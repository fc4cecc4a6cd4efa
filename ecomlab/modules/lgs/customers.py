"""A carrier's customers: shippers apply for its service, showing their certificate and accepting its terms; it decides."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ...books import documents
from ...kernel.command import command, field_rule, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.terms import term
from ...kernel.texts import Text
from ...kernel.values import Ask, Flag, Line, Ref
from .. import ca
from .members import CARRIER, NO_CARRIER, SHIPPER, company_name
from .warehouses import warehouse_row

SERVICE_APPLICATION = documents.kind(
    "service_application", "SA", ("物流服务申请", "service application"), {"applied": ("approved", "rejected"), "approved": (), "rejected": ()}
)

AGREE_FIRST = refusal("agree_first", "尚未同意物流服务许可协议。请阅读后选择“是”。", "You have not accepted the service agreement. Read it, then answer “yes”.")
ALREADY_CUSTOMER = refusal(
    "already_customer",
    "已向此物流商申请过（{number}，{state}）。请选择其他物流商。",
    "You have applied to this carrier already ({number}, {state}). Choose another carrier.",
)
OWN_SERVICE = refusal("own_service", "不能向自己申请物流服务。请选择其他物流商。", "A company cannot apply to itself. Choose another carrier.")
NOT_A_CUSTOMER = refusal(
    "not_a_customer",
    "“{shipper}”还不是“{carrier}”的客户。请先申请物流服务（LGS021），并等待审批（LGS022）。",
    "{shipper} is not a customer of {carrier} yet. Apply for its service first (LGS021) and have it approved (LGS022).",
)
TERMS = (
    Text(
        "货物在物流商仓库仍归货主所有；途中由承担风险的一方承担损失。",
        "Goods in the carrier's warehouses still belong to the shipper. On the way, the side that bears the risk bears the loss.",
    ),
    Text("入库以实点数量为准；短少和残损当场记录。", "Goods are received as counted; shortages and damage are recorded at once."),
    Text(
        "运费按公布的费率计算，送达后由货主支付；约定由买方承担的除外。",
        "Freight is charged by the published tariff. After delivery the shipper owes it, or the purchaser if so agreed.",
    ),
    Text("交货迟于约定日期的，物流商须在签收时说明原因。", "If a delivery is later than planned, the carrier gives the reason when it is signed for."),
)


documents.offer(
    "lgs.applications", SERVICE_APPLICATION, "applied", of="lgs_application", whose="carrier", shows="(select name from member where number = t.shipper)",
    order="d.number",
)  # fmt: skip


@query(role=SHIPPER, title=("阅读服务许可协议", "Read the service agreement"))
def agreement(do: Doing, carrier: Annotated[Ref, Ask("物流商", "Carrier", choose="lgs.carriers")]) -> Table:
    """The terms on which a carrier takes customers, clause by clause in both languages."""
    _carrier(do, carrier)
    return Table(("clause", "zh", "en"), [(i, t.zh, t.en) for i, t in enumerate(TERMS, start=1)])


@command("LGS021", role=SHIPPER, title=("申请物流服务", "Apply for a carrier's service"))
def apply(
    do: Doing,
    carrier: Annotated[Ref, Ask("物流商", "Carrier", choose="lgs.carriers")],
    certificate: Annotated[Ref, Ask("数字证书", "Certificate", choose="ca.installed")],
    agree: Annotated[Flag, Ask("同意物流服务许可协议", "I accept the service agreement")],
) -> str:
    """Applies to a carrier, showing the company's certificate; gives the number of the application."""
    _carrier(do, carrier)
    ca.demand(do, certificate, "certificate", member=do.actor)
    _agreed(do, {"agree": agree}, "agree")
    return application(do, do.actor, carrier, certificate, "carrier").number


def _agreed(look: Looking, given: dict[str, Any], field: str) -> None:
    if given.get(field) is False:
        raise AGREE_FIRST(field)


field_rule(_agreed, "lgs.apply.agree")


@command("LGS022", role=CARRIER, title=("审批服务申请", "Review an application"))
def review(
    do: Doing,
    application: Annotated[Ref, Ask("服务申请", "Application", choose="lgs.applications")],
    decision: Annotated[Literal["approved", "rejected"], Ask("审批意见", "Decision")],
    note: Annotated[Line, Ask(max=200)] = "",
) -> str:
    """Approves or rejects a shipper's application; gives the state it is in now."""
    document = documents.find(do, SERVICE_APPLICATION, application, "application")
    if do.value("select carrier from lgs_application where number = $number", number=application) != do.actor:
        raise documents.NOT_YOURS("application", kind=SERVICE_APPLICATION.title, number=application)
    document.move_to(decision, "decision")
    do.execute("update lgs_application set note = $note where number = $number", note=note, number=application)
    return decision


@query(role=CARRIER, title=("查看客户", "View the customers"))
def customers(do: Doing, state: Annotated[Literal["applied", "approved", "rejected"] | None, Ask()] = None) -> Table:
    """Who has applied for this carrier's service: number, shipper, uscc, certificate, state, day, note."""
    return do.table(
        """select a.number, m.name as shipper, m.uscc, a.certificate, d.state, d.day, a.note
           from lgs_application a join document d using (number) join member m on m.number = a.shipper
           where a.carrier = $carrier and ($state is null or d.state = $state) order by a.number""",
        carrier=do.actor, state=state,
    )  # fmt: skip


def application(do: Doing, shipper: str, carrier: str, certificate: str, field: str | None = None) -> documents.Document:
    """A shipper's application to a carrier. Refuses 'own_service' and 'already_customer'."""
    if shipper == carrier:
        raise OWN_SERVICE(field)
    before = do.one(
        """select a.number, d.state from lgs_application a join document d using (number)
           where a.shipper = $shipper and a.carrier = $carrier and d.state <> 'rejected'""",
        shipper=shipper, carrier=carrier,
    )  # fmt: skip
    if before is not None:
        raise ALREADY_CUSTOMER(field, number=before.number, state=term(before.state))
    made = documents.create(do, SERVICE_APPLICATION, owner=shipper)
    do.execute(
        "insert into lgs_application values ($number, $shipper, $carrier, $certificate, '')",
        number=made.number, shipper=shipper, carrier=carrier, certificate=certificate,
    )  # fmt: skip
    return made


def is_customer(look: Looking, shipper: str, carrier: str) -> bool:
    """Whether the carrier has approved this shipper."""
    return (
        look.value(
            """select 1 from lgs_application a join document d using (number)
               where a.shipper = $shipper and a.carrier = $carrier and d.state = 'approved' limit 1""",
            shipper=shipper, carrier=carrier,
        )
        is not None
    )  # fmt: skip


def checked_customer(do: Doing, shipper: str, carrier: str, field: str | None) -> None:
    """Refuses 'not_a_customer'."""
    if not is_customer(do, shipper, carrier):
        raise NOT_A_CUSTOMER(field, shipper=company_name(do, shipper), carrier=company_name(do, carrier))


def checked_warehouse(do: Doing, number: str, shipper: str, field: str) -> Any:
    """The row of a warehouse that a shipper may use. Refuses an unknown or retired one, and 'not_a_customer'."""
    row = warehouse_row(do, number, field)
    checked_customer(do, shipper, row.carrier, field)
    return row


def _carrier(do: Doing, carrier: str) -> Any:
    row = do.one("select * from lgs_carrier where member = $carrier", carrier=carrier)
    if row is None:
        raise NO_CARRIER("carrier", carrier=carrier)
    return row
