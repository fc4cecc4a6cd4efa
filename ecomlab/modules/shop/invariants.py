"""What always holds of a department: of its codes and pictures, its till, and what it sells for others."""

from __future__ import annotations

from typing import Any

from ...kernel.audit import invariant
from ...kernel.doing import Looking
from ..b2c.payments import CARD
from . import mall
from .reports import SALES_BY_RECEIPT
from .till import TAKEN


@invariant("shop_codes", "每个商品编码在一家店里只用一次", "A product code is used once in a shop")
def _codes(look: Looking) -> list[str]:
    return [
        f"{r.merchant}: {r.code} {r.times} times"
        for r in look.all(
            """select s.merchant, r.code, count(*) as times from shop_row r join shop_sheet s on s.number = r.sheet where r.code is not null and r.fault is null
               group by s.merchant, r.code having count(*) > 1 order by 1, 2"""
        )
    ]


@invariant(
    "shop_pictures",
    "从登记表录入的商品，三种规格的图片都已归档，图中是同一商品",
    "What was entered from a sheet has its pictures in three sizes, filed, and of the same goods",
)
def _pictures(look: Looking) -> list[str]:
    return [
        f"{r.sheet} row {r.row_no}: {r.files} files, scanned {r.scanned}"
        for r in look.all(
            """select r.sheet, r.row_no, count(f.folder) as files, min(nullif(f.scanned, '')) as scanned from shop_row r join shop_picture_set s using (sheet)
               left join shop_picture_file f on f.picture_set = s.number and f.row_no = r.row_no where r.entered_day is not null
               group by r.sheet, r.row_no, r.product having count(f.folder) <> 3
                   or coalesce(min(nullif(f.scanned, '')), r.product) <> r.product order by 1, 2"""
        )
    ]


@invariant(
    "shop_tills",
    "收银台的账面现金等于收款记录；未处理的差额在 1901，未入账的刷卡单和支票在 1012",
    "A till's book is its receipts; differences without a decision are in 1901, cards and cheques that wait for the bank in 1012",
)
def _tills(look: Looking) -> list[str]:
    found = [
        f"{r.number}: book {r.book}, receipts {r.taken}"
        for r in look.all(
            f"""select t.number, t.book, coalesce(sum(r.amount), 0) as taken from shop_till t left join {TAKEN} r on r.till = t.number and r.means = 'cash'
               where t.book is not null group by t.number, t.book having t.book <> coalesce(sum(r.amount), 0) order by 1"""
        )
    ]
    for account, said in (
        ("1901", "select m.member, -sum(t.difference) as amount from shop_till t join b2c_merchant m using (merchant) where t.decision is null group by 1"),
        ("1012", f"""select m.member, sum(r.amount) as amount from {TAKEN} r join b2c_merchant m using (merchant)
                    where r.means in ('card', 'cheque') and r.cleared_day is null group by 1"""),
    ):  # fmt: skip
        found += _booked(look, account, said)
    return found


def _booked(look: Looking, account: str, said: str) -> list[str]:
    return [
        f"{r.member} {account}: books {r.booked}, papers {r.amount}"
        for r in look.all(
            f"""with papers as ({said}), books as (select owner as member, sum(balance) as booked from ledger_balance where account = $a group by 1)
                select * from papers full join books using (member) where coalesce(amount, 0) <> coalesce(booked, 0) order by member""",
            a=account,
        )
    ]


@invariant("shop_receipts", "每笔收款记录都有金额相同的订单收款", "Every receipt of the cashier is the payment of its order")
def _receipts(look: Looking) -> list[str]:
    return [
        f"{r.number}: receipt {r.amount}, payment {r.paid}"
        for r in look.all(
            """select r.number, r.amount, sum(p.amount) as paid from shop_receipt r left join b2c_payment p on p.web_order = r.web_order
               group by r.number, r.amount having r.amount is distinct from sum(p.amount) order by 1"""
        )
    ]


@invariant(
    "shop_vouchers",
    "销售凭证各在一张结算单上；没有结清的凭证等于欠联营供应商的款项，结算单等于其凭证",
    "A voucher is on one statement; what is owed to joint-operation suppliers is the vouchers that are not settled, and a statement is its vouchers",
)
def _vouchers(look: Looking) -> list[str]:
    owed = """select m.member || ' ' || v.supplier as member, -sum(v.amount) as amount from shop_voucher v join document d using (number)
              join b2c_merchant m using (merchant) where d.state = 'issued' group by 1"""
    booked: list[Any] = look.all(
        f"""with papers as ({owed}), books as (
                select b.owner || ' ' || b.sub as member, sum(b.balance) as booked from ledger_balance b
                where b.account = '2241' and b.sub in (select supplier from shop_sheet where terms = 'joint_operation')
                  and b.owner in (select member from b2c_merchant) group by 1)
            select * from papers full join books using (member) where coalesce(amount, 0) <> coalesce(booked, 0) order by member"""
    )
    sums = look.all(
        """select s.number, s.sales, s.payable, s.commission, coalesce(sum(v.amount), 0) as vouchers from shop_statement s join document d using (number)
           left join shop_voucher v on v.statement = s.number where d.state <> 'void' group by s.number, s.sales, s.payable, s.commission
           having s.sales <> coalesce(sum(v.amount), 0) or s.sales <> s.payable + s.commission order by 1"""
    )
    return [f"{r.member}: books {r.booked}, vouchers {r.amount}" for r in booked] + [f"{r.number}: sales {r.sales}, vouchers {r.vouchers}" for r in sums]


@invariant(
    "shop_sales_by_receipt",
    "收款销售额与发货销售额之差，等于网店订单的预收款减应收款",
    "What sales by receipt and by shipment differ by is the advances less the receivables of a shop's orders",
)
def _tied(look: Looking) -> list[str]:
    found = []
    departments = (
        "select merchant, member from b2c_merchant where merchant in (select merchant from shop_sheet union select merchant from shop_till) order by 1"
    )
    for shop in look.all(departments):
        rows = look.all(SALES_BY_RECEIPT, m=shop.merchant, from_day=None, to_day=None)
        told = sum(r.difference for r in rows)
        booked = -(look.value(
            """select sum(p.amount) from posting p join ledger_entry e on e.number = p.entry left join document d on d.number = e.document
               left join bank_transaction t on t.entry = e.number and t.kind in ('payment', 'refund')
               left join b2c_payment b on b.transaction = if(t.kind = 'refund', t.reference, t.number)
               where p.owner = $member and (p.account = '1122' or p.account = '2203' and not starts_with(p.sub, $cards))
                 and (b.number is not null or d.kind in ('b2c_order', 'b2c_sales_order', 'b2c_return'))""",
            member=shop.member, cards=f"{CARD}-") or 0)  # fmt: skip
        if told != booked:
            found.append(f"{shop.merchant}: reported {told}, booked {booked}")
    return found


@invariant(
    "mall_commission",
    "平台佣金按剩余货款计收，结算前是网店的应付账款",
    "Commission is charged on what is left of a sale, and is a payable until it is set off",
)
def _commission(look: Looking) -> list[str]:
    """Each charge against its order and its rate, and each shop's open charges against what its books say it owes the platform."""
    rows = look.all("select c.*, d.state from shop_commission c join document d using (number) where d.state <> 'settled' order by number")
    wrong = [f"{r.number}: charged {r.amount}, owed {owed}" for r in rows if r.amount != (owed := mall.owed_on(look, r.web_order))]
    booked = look.all(
        """select m.merchant, coalesce(c.amount, 0) as charged, coalesce(b.owed, 0) as owed from b2c_merchant m
           left join (select merchant, sum(amount) as amount from shop_commission join document using (number) where state = 'charged' group by 1) c
               on c.merchant = m.merchant
           left join (select p.owner, -sum(p.amount) as owed from posting p join ledger_entry e on e.number = p.entry
                      where p.account = '2202' and e.kind in ('platform_commission', 'commission_set_off')
                        and p.owner in (select member from b2c_merchant) group by 1) b on b.owner = m.member
           where coalesce(c.amount, 0) <> coalesce(b.owed, 0) order by 1"""
    )
    return wrong + [f"{r.merchant}: charged {r.charged}, owed {r.owed}" for r in booked]


@invariant("mall_deposit", "网店的保证金等于平台欠它的其他应付款", "A shop's deposit is what the platform owes it for that")
def _deposit(look: Looking) -> list[str]:
    return [
        f"{r.merchant}: agreement {r.deposit_paid} of {r.deposit}, booked {r.booked}"
        for r in look.all(
            """select s.merchant, s.deposit, s.deposit_paid, coalesce(sum(p.amount), 0) as booked from shop_mall s join b2c_merchant m using (merchant)
               left join posting p on p.owner = m.member and p.account = '1221' and (
                   p.entry in (select number from ledger_entry where kind = 'deposit_kept')
                   or p.entry in (select entry from bank_transaction where starts_with(reference, $deposit || s.merchant || '/')))
               group by all having booked <> s.deposit_paid or s.deposit_paid > s.deposit order by 1""",
            deposit=mall.DEPOSIT,
        )
    ]
