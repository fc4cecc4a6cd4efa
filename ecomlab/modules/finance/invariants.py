"""What always holds of the department's finance."""

from __future__ import annotations

from ...kernel.audit import invariant
from ...kernel.doing import Looking


@invariant(
    "finance_advances",
    "员工名下的其他应收款等于其未核销备用金与未结清推广费预支之和",
    "What a company claims from a clerk is the clerk's floats that are not accounted for and the rest of open advances",
)
def _advances(look: Looking) -> list[str]:
    """A float stands at what was granted until it is accounted for; what is left of it then stands until the renewal takes it over."""
    return [
        f"{r.full_name}: ledger {r.booked}, floats and advances {r.open}"
        for r in look.all(
            """with spent as (
                   select f.number, coalesce(sum(c.amount), 0) as amount from finance_float f left join finance_compensation c on c.float = f.number group by 1
               ), held as (
                   select f.clerk, case d.state when 'granted' then f.amount when 'in_use' then f.amount when 'exhausted' then f.amount
                                                when 'accounted' then f.amount - s.amount else 0 end as amount
                   from finance_float f join document d using (number) join spent s using (number)
                   union all
                   select f.clerk, f.advanced - coalesce((select sum(r.amount) from finance_receipt r where r.fee = f.number), 0)
                   from finance_fee f join document d using (number) where d.state in ('advanced', 'spent'))
               select s.full_name, coalesce(sum(h.amount), 0)::decimal(18,2) as open, coalesce(any_value(b.balance), 0) as booked
               from finance_staff s left join held h on h.clerk = s.number
               left join ledger_balance b on b.owner = s.company and b.account = '1221' and b.sub = s.person
               group by s.number, s.full_name having open <> booked order by 1"""
        )
    ]


@invariant("finance_floats", "备用金的支出从不超过所领金额", "No float is spent beyond what was granted")
def _floats(look: Looking) -> list[str]:
    return [
        f"{r.number}: granted {r.amount}, spent {r.spent}"
        for r in look.all(
            """select f.number, f.amount, sum(c.amount) as spent from finance_float f join finance_compensation c on c.float = f.number
               group by all having sum(c.amount) > f.amount order by 1"""
        )
    ]


@invariant("finance_receipts", "推广费的收据等于入账的推广支出与可抵扣税额", "What a promotion's receipts come to is its booked expense and deductible tax")
def _receipts(look: Looking) -> list[str]:
    return [
        f"{r.fee}: receipts {r.amount}, of which tax {r.tax}, booked {r.expense} and {r.pending}"
        for r in look.all(
            """with booked as (
                   select e.document as fee, coalesce(sum(p.amount) filter (p.account = '6601'), 0) as expense,
                          coalesce(sum(p.amount) filter (p.account = '222103'), 0) as pending
                   from ledger_entry e join posting p on p.entry = e.number where e.kind = 'promotion' group by 1
               ), receipts as (select fee, sum(amount) as amount, sum(tax) as tax from finance_receipt group by 1)
               select * from receipts full join booked using (fee)
               where coalesce(amount - tax, 0) <> coalesce(expense, 0) or coalesce(tax, 0) <> coalesce(pending, 0) order by fee"""
        )
    ]


@invariant("finance_vouched", "已认可的赔付都有凭据，凭据不重复", "Every compensation that was accepted has a voucher of its own")
def _vouched(look: Looking) -> list[str]:
    return [
        f"{r.number}: no voucher"
        for r in look.all(
            """select c.number from finance_compensation c join document d using (number) anti join voucher v on v.document = c.number
               where d.state in ('vouched', 'accepted', 'sent_back') order by 1"""
        )
    ]


@invariant(
    "finance_refunds", "已付的退款都经他人批准，合计不超过顾客所付", "Every refund that was paid had been approved, and no order got back more than it came to"
)
def _refunds(look: Looking) -> list[str]:
    unapproved = look.all(
        """select r.number from finance_refund r join document d using (number) where d.state = 'paid' and not exists (
               select 1 from approval a join document x on x.number = a.number where a.about = r.number and x.state = 'approved') order by 1"""
    )
    over = look.all(
        """select o.number, o.amount, sum(r.amount) as back from b2c_order o join b2c_return r on r.web_order = o.number join document d on d.number = r.number
           where d.state = 'refunded' group by all having sum(r.amount) > o.amount order by 1"""
    )
    return [*(f"{r.number}: paid without approval" for r in unapproved), *(f"{r.number}: came to {r.amount}, went back {r.back}" for r in over)]


@invariant(
    "finance_reconciled",
    "渠道对账单的期末余额，等于当时的账面余额加各项差异",
    "What a channel's statement says is what the ledger said then, and the differences between them",
)
def _reconciled(look: Looking) -> list[str]:
    return [
        f"{r.number}: ledger {r.booked} and differences {r.off}, statement {r.closing}"
        for r in look.all(
            """select s.number, s.booked, s.closing, coalesce(sum(f.stated - f.booked), 0) as off from finance_statement s join document d using (number)
               left join finance_difference f on f.statement = s.number where d.state in ('matched', 'differences_explained')
               group by all having s.closing <> s.booked + off order by 1"""
        )
    ]
