"""Receivables and payables, by party and in detail, with their ageing; and paying the carrier."""

from __future__ import annotations

from typing import Annotated, Any

from ...kernel.command import choices, command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import Declined
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Flag, Ref
from .. import ebank, lgs
from .members import PURCHASER, SUPPLIER

#: Open amounts by how long they have been overdue on the business day $day; the usual buckets of 30 days.
_AGEING = """sum(open_amount)::decimal(18,2) as open_amount,
    coalesce(sum(open_amount) filter (due_day >= $day), 0)::decimal(18,2) as not_due,
    coalesce(sum(open_amount) filter ($day - due_day between 1 and 30), 0)::decimal(18,2) as overdue_30,
    coalesce(sum(open_amount) filter ($day - due_day between 31 and 60), 0)::decimal(18,2) as overdue_60,
    coalesce(sum(open_amount) filter ($day - due_day between 61 and 90), 0)::decimal(18,2) as overdue_90,
    coalesce(sum(open_amount) filter ($day - due_day > 90), 0)::decimal(18,2) as overdue_more"""

_BY_PARTY = f"""select party as number, m.name, count(*) filter (open_amount > 0)::integer as orders, sum(amount)::decimal(18,2) as amount, {_AGEING}
    from (select {{party}} as party, amount, amount - paid_amount as open_amount, due_day from b2b_settlement where {{own}} = $actor) s
    join member m on m.number = s.party group by 1, 2 order by 1"""

_DETAIL = """select s.number, s.purchase_order, s.delivery_order, d.day, d.state, s.amount, s.paid_amount,
    (s.amount - s.paid_amount)::decimal(18,2) as open_amount, s.due_day, if(s.amount > s.paid_amount, greatest($day - s.due_day, 0), 0) as days_overdue
    from b2b_settlement s join document d using (number)
    where s.{own} = $actor and s.{party} = $party and (not $open_only or s.amount > s.paid_amount) order by s.number"""

OpenOnly = Annotated[Flag, Ask("只看未付清", "Open bills only")]


def _parties(name: str, own: str, party: str) -> None:
    @choices(name)
    def offered(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
        rows = look.all(
            f"select distinct m.number, m.name from b2b_settlement s join member m on m.number = s.{party} where s.{own} = $actor order by 1", actor=actor
        )
        return [(r.number, r.name) for r in rows]


_parties("b2b.debtors", "supplier", "purchaser")
_parties("b2b.creditors", "purchaser", "supplier")


@choices("b2b.carriers_owed")
def _carriers_owed(look: Looking, actor: str) -> list[tuple[str, Text | str]]:
    rows = look.all(
        """select distinct m.number, m.name from lgs_slip s join document d using (number) join member m on m.number = s.carrier
           where s.kind = 'delivery_order' and d.state = 'delivered' and s.freight_payer = $actor order by 1""",
        actor=actor,
    )
    return [(r.number, r.name) for r in rows]


@query("B2B030", role=SUPPLIER, title=("查看应收款一览", "View receivables by purchaser"))
def receivables(do: Doing) -> Table:
    """What every purchaser owes: number, name, orders (open bills), amount (in all), open_amount, and that by days overdue."""
    return do.table(_BY_PARTY.format(party="purchaser", own="supplier"), actor=do.actor, day=do.day)


@query("B2B030", role=SUPPLIER, title=("查看应收款明细", "View a purchaser's receivables"))
def receivable_detail(do: Doing, purchaser: Annotated[Ref, Ask("采购商", "Purchaser", choose="b2b.debtors")], open_only: OpenOnly = False) -> Table:
    """The bills of one purchaser: number, purchase_order, delivery_order, day, state, amount, paid_amount, open_amount, due_day, days_overdue."""
    return do.table(_DETAIL.format(own="supplier", party="purchaser"), actor=do.actor, party=purchaser, day=do.day, open_only=bool(open_only))


@query("B2B032", role=PURCHASER, title=("查看应付款一览", "View payables by supplier"))
def payables(do: Doing) -> Table:
    """What is owed to every supplier, in the columns of `receivables`."""
    return do.table(_BY_PARTY.format(party="supplier", own="purchaser"), actor=do.actor, day=do.day)


@query("B2B032", role=PURCHASER, title=("查看应付款明细", "View payables to a supplier"))
def payable_detail(do: Doing, supplier: Annotated[Ref, Ask("供应商", "Supplier", choose="b2b.creditors")], open_only: OpenOnly = False) -> Table:
    """The bills of one supplier, in the columns of `receivable_detail`."""
    return do.table(_DETAIL.format(own="purchaser", party="supplier"), actor=do.actor, party=supplier, day=do.day, open_only=bool(open_only))


_FREIGHT = """select m.number, m.name, count(*)::integer as orders, sum(s.freight)::decimal(18,2) as freight,
    (-any_value(b.balance))::decimal(18,2) as open_amount
    from lgs_slip s join document d using (number) join member m on m.number = s.carrier
    left join ledger_balance b on b.owner = s.freight_payer and b.account = '2202' and b.sub = s.carrier
    where s.kind = 'delivery_order' and d.state = 'delivered' and s.freight_payer = $actor group by 1, 2 order by 1"""

_FREIGHT_BILLS = """select b.number, b.state, s.number as delivery_order, b.day, s.consignee, s.weight_kg, s.freight, ($day - b.day) as days
    from document b join lgs_slip s on s.number = b.parent
    where b.kind = 'freight_bill' and b.owner = $actor and s.carrier = $carrier and (not $open_only or b.state = 'unpaid') order by b.number"""

Carrier = Annotated[Ref, Ask("物流商", "Carrier", choose="b2b.carriers_owed")]


@query("B2B031", role=SUPPLIER, title=("查看应付运费一览", "View freight owed by carrier"))
def freight_payables(do: Doing) -> Table:
    """What the supplier owes carriers for freight: number, name, orders (delivered), freight (in all), open_amount (by the ledger)."""
    return do.table(_FREIGHT, actor=do.actor)


@query("B2B031", role=SUPPLIER, title=("查看应付运费明细", "View freight bills"))
def freight_payable_detail(do: Doing, carrier: Carrier, open_only: OpenOnly = False) -> Table:
    """The freight bills of one carrier: number, state, delivery_order, day (of delivery), consignee, weight_kg, freight, days (since the delivery)."""
    return do.table(_FREIGHT_BILLS, actor=do.actor, carrier=carrier, day=do.day, open_only=bool(open_only))


@command(role=SUPPLIER, title=("支付运费", "Pay freight"))
def settle_freight(do: Doing, freight_bill: lgs.FreightBill, account: ebank.CompanyAccount, pin: ebank.Pin) -> dict[str, Any] | Declined:
    """Pays a carrier's freight bill in full by bank transfer; gives transaction, freight and the carrier paid."""
    return lgs.pay_freight(do, freight_bill, account, pin)


@query(role=PURCHASER, title=("查看采购商应付运费", "View the purchaser's freight bills"))
def purchaser_freight(do: Doing, carrier: Carrier, open_only: OpenOnly = False) -> Table:
    """The purchaser's freight bills, of goods bought under a rule that has it pay the freight, in the columns of `freight_payable_detail`."""
    return do.table(_FREIGHT_BILLS, actor=do.actor, carrier=carrier, day=do.day, open_only=bool(open_only))


@command(role=PURCHASER, title=("采购商支付运费", "Pay freight as the purchaser"))
def settle_freight_as_purchaser(do: Doing, freight_bill: lgs.FreightBill, account: ebank.CompanyAccount, pin: ebank.Pin) -> dict[str, Any] | Declined:
    """Pays a freight bill of the purchaser in full by bank transfer; gives transaction, freight and the carrier paid."""
    return lgs.pay_freight(do, freight_bill, account, pin)
