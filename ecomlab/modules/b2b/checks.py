"""What each student is asked, and what each task of the module must show."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from ...books.cast import Company, carriers, companies, own_company
from ...books.stock import Goods
from ...kernel.doing import Looking
from ...kernel.evidence import Evidence, asks, check, goal
from ...kernel.terms import term
from ...kernel.texts import Text
from .. import lgs

CONDITIONS = {"state": Text("状态", "state"), "product": Text("商品", "product"), "from_day": Text("日期", "date")}
QUALITY = (
    "国家标准一等品 First grade by the national standard",
    "不良率低于 0.5% Defects below 0.5 percent",
    "原厂包装，生产日期三个月内 Original packing, made within three months",
)
INSPECTION = (
    "到货后 3 日内按 GB/T 2828.1 抽样检验 Sampling by GB/T 2828.1 within 3 days of arrival",
    "交货前由第三方检验 Inspection by a third party before delivery",
    "到货当日逐箱开检 Every carton opened on the day of arrival",
)


def supplier_of(look: Looking) -> Company:
    """The company that sells, in whose name the student acts as the supplier."""
    return companies(look)[1]


def short_of_money(look: Looking) -> Company:
    """The company that orders without the money for it."""
    return companies(look)[2]


def wares(look: Looking) -> list[tuple[str, str, int, Decimal]]:
    """What the supplier has and offers: product, its name, pieces, list price."""
    names = {r["gtin"]: r["name"] for r in look.scenario.rows("products")}

    def listed(g: Goods) -> Decimal:
        return (g.value / g.quantity * Decimal("1.35")).quantize(Decimal("0.10")).quantize(Decimal("0.01"))

    return [(g.product, names[g.product], g.quantity, listed(g)) for g in lgs.assortment(look, supplier_of(look).uscc)]


def deal(look: Looking) -> dict[str, Any]:
    """The business that this student is to do, from registration to settlement."""
    chance, own, goods = look.stream("b2b.deal"), own_company(look), wares(look)
    payments = ("on_delivery", "days_30", "days_60")
    asked = {
        "company": own.name, "uscc": own.uscc, "city": own.city, "supplier": supplier_of(look).name, "debtor": short_of_money(look).name,
        "carrier": carriers(look)[2].name, "main": MAIN, "other": OTHER,
        "ordered": goods[0][1], "ordered_gtin": goods[0][0], "pieces": chance.randint(6, 12), "days": chance.randint(12, 25),
        "sent": goods[1][1], "sent_gtin": goods[1][0], "sent_pieces": chance.randint(8, 15),
        "inquired": goods[2][1], "inquired_gtin": goods[2][0], "inquired_pieces": chance.randint(15, 25),
        "moved": goods[3][1], "moved_gtin": goods[3][0], "moved_pieces": chance.randint(5, 12),
        "quote": (goods[2][3] * chance.randint(94, 97) / 100).quantize(Decimal("0.01")), "quality": chance.choice(QUALITY),
        "inspection": chance.choice(INSPECTION), "incoterm": chance.choice(("CPT", "CIP", "DAP", "DPU", "DDP")), "place": f"{own.city} {own.name}",
        "payment": chance.choice(payments), "contract_payment": chance.choice(payments[1:]), "contract_days": chance.randint(20, 40),
    }  # fmt: skip
    asked |= {f"{k}_{language}": term(asked[k]).say(language) for k in ("payment", "contract_payment") for language in ("zh", "en")}  # type: ignore[arg-type]
    field = look.stream("b2b.condition").choice(list(CONDITIONS))
    return {**asked, "field": field, "condition": CONDITIONS[field]}


MAIN, OTHER = "华东总仓 East China main warehouse", "城北分仓 North city warehouse"

asks(*(f"B2B{n:03d}" for n in (1, *range(3, 12), 13, 14, 15, 17, *range(22, 33))))(deal)


def own_member(look: Looking) -> str | None:
    """The member number of the student's own company."""
    return look.value("select number from member where uscc = $uscc", uscc=own_company(look).uscc)  # type: ignore[no-any-return]


def supplier_member(look: Looking) -> str | None:
    return look.value("select number from member where uscc = $uscc", uscc=supplier_of(look).uscc)  # type: ignore[no-any-return]


def _moved(seen: Evidence, kind: str, state: str) -> list[Any]:
    """Documents of a kind that the student's own entries brought into a state: number, entry."""
    return seen.look.all(
        """select h.document as number, h.entry from document_history h join document d on d.number = h.document
           where d.kind = $kind and h.state = $state and h.entry > 0 order by 1""",
        kind=kind, state=state,
    )  # fmt: skip


def _before(seen: Evidence, query: str, field: str, kind: str, state: str) -> bool:
    """Whether a document that was brought into a state had been opened before with this query."""
    when = {r.number: r.entry for r in _moved(seen, kind, state)}
    return any(d.n < when.get(d.arguments[field], 0) for d in seen.looked_up(query))


def _rows(seen: Evidence, command: str, field: str, gtin: str, pieces: str) -> list[Any]:
    """The entries of a command whose rows of goods hold the product and quantity that the brief asks for."""
    wanted = seen.brief[gtin], seen.brief[pieces]
    return seen.did(command, where=lambda d: any((r["product"], r["quantity"]) == wanted for r in d.arguments[field]))


def _orders(seen: Evidence) -> list[Any]:
    """The student's orders from the cart that hold the product asked for."""
    return seen.did("b2b.place_order", where=lambda d: seen.look.one(
        "select 1 from b2b_order_line where number = $n and product = $product", n=d.result, product=seen.brief["ordered_gtin"]
    ))  # fmt: skip


def _inquiry(seen: Evidence, condition: str) -> Any:
    return seen.look.one(
        f"""select 1 from b2b_line l join document_history h on h.document = l.document and h.step = 1 and h.entry > 0
            join b2b_inquiry i on i.number = l.document where l.version = 0 and l.product = $product and {condition} limit 1""",
        product=seen.brief["inquired_gtin"], pieces=seen.brief["inquired_pieces"],
    )  # fmt: skip


def _proposed(seen: Evidence, side: str, *fields: tuple[str, str]) -> list[Any]:
    return seen.did(f"b2b.propose_as_{side}", where=lambda d: all(d.arguments[name] == seen.brief[asked] for name, asked in fields))


check(
    "B2B001",
    goal("registered", "0.8", "注册成为交易会员", "A company is registered as a member", lambda s: s.did("b2b.register")),
    goal("identity", "0.6", "是 {company}（{uscc}）", "It is {company} ({uscc})", lambda s: s.did("b2b.register", uscc=s.brief["uscc"])),
    goal("trade", "0.6", "以采购商身份交易", "It trades as a purchaser", lambda s: s.did("b2b.register", uscc=s.brief["uscc"], trade="purchaser")),
)
check(
    "B2B003",
    goal(
        "certificate", "0.8", "{company} 的平台证书已验证并下载", "The certificate that the marketplace issued to {company} is verified and downloaded",
        lambda s: s.look.one(
            """select 1 from b2b_member m join document_history h on h.document = m.certificate and h.state = 'downloaded' and h.entry > 0
               where m.member = $own""",
            own=own_member(s.look),
        ),
    ),
    goal(
        "signed_in", "1.2", "{company} 以采购商身份登录", "{company} is signed in as a purchaser",
        lambda s: s.did("b2b.sign_in_purchaser", where=lambda d: d.result == own_member(s.look)),
    ),
)  # fmt: skip
check(
    "B2B004",
    goal("signed_in", "1", "以供应商身份登录", "Somebody is signed in as a supplier", lambda s: s.did("b2b.sign_in_supplier")),
    goal(
        "right", "1", "登录的是 {supplier}", "It is {supplier}",
        lambda s: s.did("b2b.sign_in_supplier", where=lambda d: d.result == supplier_member(s.look)),
    ),
)  # fmt: skip
check(
    "B2B005",
    goal("browsed", "0.4", "浏览并比较了商品", "The catalogue was browsed", lambda s: s.looked_up("b2b.browse")),
    goal("chosen", "0.8", "把商品放入了购物车", "Something was put into the cart", lambda s: s.did("b2b.add_to_cart")),
    goal(
        "asked", "0.8", "其中有 {supplier} 的 {ordered} {pieces} 件", "{pieces} of {ordered}, from {supplier}",
        lambda s: s.did("b2b.add_to_cart", supplier=supplier_member(s.look), product=s.brief["ordered_gtin"], quantity=s.brief["pieces"]),
    ),
)  # fmt: skip
check(
    "B2B006",
    goal("ordered", "0.8", "下了一张含 {ordered} 的订货单", "An order with {ordered} is placed", _orders),
    goal(
        "payment", "0.6", "付款方式为“{payment_zh}”", "It is to be paid “{payment_en}”",
        lambda s: [d for d in _orders(s) if d.arguments["payment_kind"] == s.brief["payment"]],
    ),
    goal(
        "delivery", "0.6", "交货日期在下单之后 {days} 天", "It is to be delivered {days} days after ordering",
        lambda s: [d for d in _orders(s) if d.arguments["delivery_day"] == d.day + datetime.timedelta(days=s.brief["days"])],
    ),
)  # fmt: skip
check(
    "B2B007",
    goal("inquired", "0.8", "生成了一张询价单", "An inquiry is made", lambda s: s.did("b2b.inquire")),
    goal("product", "0.6", "询价的商品有 {inquired}", "It asks about {inquired}", lambda s: _inquiry(s, "$pieces > 0")),
    goal(
        "quantity",
        "0.6",
        "{inquired} 询价 {inquired_pieces} 件",
        "It asks for {inquired_pieces} of {inquired}",
        lambda s: _inquiry(s, "l.quantity = $pieces"),
    ),
)
check(
    "B2B008",
    goal(
        "opened", "0.4", "受理前查看了订单明细", "The order was opened before it was accepted",
        lambda s: _before(s, "b2b.received_order_detail", "order", "purchase_order", "accepted"),
    ),
    goal("credit", "0.3", "查询了采购商的资信", "The bank was asked about a purchaser", lambda s: s.looked_up("b2b.credit_check")),
    goal("accepted", "0.7", "受理了一张订单，货物已预留", "An order is accepted and its goods are reserved", lambda s: _moved(s, "purchase_order", "accepted")),
    goal(
        "rejected", "0.6", "账户余额不足的采购商，其订单已退回", "The order of the purchaser whose account does not cover it was turned down",
        lambda s: s.look.one(
            """select 1 from b2b_order o join member m on m.number = o.purchaser join document_history h on h.document = o.number
               where m.uscc = $uscc and h.state = 'rejected' and h.entry > 0""",
            uscc=short_of_money(s.look).uscc,
        ),
    ),
)  # fmt: skip
check(
    "B2B009",
    goal(
        "opened", "0.6", "确认前查看了订单明细", "The order was opened before it was confirmed",
        lambda s: _before(s, "b2b.order_detail", "order", "purchase_order", "confirmed"),
    ),
    goal("confirmed", "1.4", "确认了一张已受理的订单", "An accepted order is confirmed", lambda s: _moved(s, "purchase_order", "confirmed")),
)  # fmt: skip
check(
    "B2B010",
    goal("opened", "0.6", "查看了销售单明细", "The sales order was opened", lambda s: s.looked_up("b2b.sales_detail")),
    goal(
        "sent", "1.4", "由销售单生成了配送单", "A delivery order is made from a sales order",
        lambda s: s.did("b2b.send_order", "b2b.send_part"),
    ),
)  # fmt: skip
check(
    "B2B011",
    goal("looked", "0.4", "发货前查看了库存", "The stock was looked at", lambda s: s.looked_up("b2b.stock_levels")),
    goal("sent", "0.8", "向物流商仓库发了货", "Goods are sent to a carrier's warehouse", lambda s: s.did("b2b.send_goods")),
    goal(
        "asked", "0.8", "其中有 {sent} {sent_pieces} 件", "{sent_pieces} of {sent} are among them",
        lambda s: _rows(s, "b2b.send_goods", "goods", "sent_gtin", "sent_pieces"),
    ),
)  # fmt: skip
check(
    "B2B013",
    goal("ordered", "1", "生成了一张调拨单", "A transfer order is made", lambda s: s.did("b2b.transfer")),
    goal(
        "asked", "1", "调拨 {moved} {moved_pieces} 件", "It moves {moved_pieces} of {moved}",
        lambda s: _rows(s, "b2b.transfer", "goods", "moved_gtin", "moved_pieces"),
    ),
)  # fmt: skip
check(
    "B2B014",
    goal("opened", "1.2", "打开了一张调拨单的明细", "A transfer order was opened", lambda s: s.looked_up("b2b.transfer_detail")),
    goal(
        "asked", "0.8", "明细中有 {moved}", "It is one that moves {moved}",
        lambda s: s.looked_up("b2b.transfer_detail", where=lambda d: any(r.product == s.brief["moved_gtin"] for r in d.result)),
    ),
)  # fmt: skip
check(
    "B2B015",
    goal("looked", "1", "查到了调拨单", "Transfer orders have been found", lambda s: s.looked_up("b2b.transfers")),
    goal(
        "condition", "1", "使用了查询条件：{condition}", "They were found by this condition: {condition}",
        lambda s: s.looked_up("b2b.transfers", where=lambda d: d.arguments[s.brief["field"]]),
    ),
)  # fmt: skip
check(
    "B2B017",
    goal(
        "matched", "0.5", "付款前核对了订单、收货与结算", "Order, receipt and settlement were matched before anything was paid",
        lambda s: any(m.n < p.n and m.arguments["settlement"] == p.arguments["settlement"] for m in s.looked_up("b2b.match") for p in s.did("b2b.settle")),
    ),
    goal("paid", "0.7", "以银行转账支付了一笔货款", "Something is paid by bank transfer", lambda s: s.did("b2b.settle")),
    goal("settled", "0.8", "一张结算单已付清", "A settlement is paid in full", lambda s: _moved(s, "settlement", "settled")),
)  # fmt: skip
check(
    "B2B022",
    goal("looked", "0.5", "查看了收到的询价单", "The inquiries received were looked at", lambda s: s.looked_up("b2b.received_inquiries")),
    goal("quoted", "0.7", "对一张询价单报了价", "An inquiry is quoted", lambda s: _moved(s, "inquiry", "quoted")),
    goal(
        "price", "0.8", "{inquired} 报价 {quote} 元", "{inquired} is quoted at {quote} CNY",
        lambda s: s.did(
            "b2b.quote", where=lambda d: any((r["product"], r["price"]) == (s.brief["inquired_gtin"], s.brief["quote"]) for r in d.arguments["prices"])
        ),
    ),
)  # fmt: skip
check(
    "B2B023",
    goal(
        "looked", "0.6", "先看了报价", "The quotation was looked at",
        lambda s: s.looked_up("b2b.inquiries", where=lambda d: any(r.state == "quoted" for r in d.result)),
    ),
    goal("opened", "1.4", "由报价生成了洽谈单", "A negotiation is opened on a quotation", lambda s: s.did("b2b.open_negotiation")),
)  # fmt: skip
check(
    "B2B024",
    goal("looked", "0.4", "查看了洽谈单", "The negotiation was looked at", lambda s: s.looked_up("b2b.supplier_negotiations")),
    goal("proposed", "0.8", "供应商提出了条款", "The supplier has proposed terms", lambda s: s.did("b2b.propose_as_supplier")),
    goal(
        "terms", "0.8", "其中质量要求和检验方法如题", "Quality and inspection are what the task asks",
        lambda s: _proposed(s, "supplier", ("quality", "quality"), ("inspection", "inspection")),
    ),
)  # fmt: skip
check(
    "B2B025",
    goal("looked", "0.4", "查看了供应商提出的条款", "The supplier's terms were looked at", lambda s: s.looked_up("b2b.negotiations")),
    goal("proposed", "0.8", "采购商提出了条款", "The purchaser has proposed terms", lambda s: s.did("b2b.propose_as_purchaser")),
    goal(
        "terms", "0.8", "贸易术语为 {incoterm}，付款方式为“{contract_payment_zh}”", "The rule is {incoterm} and payment “{contract_payment_en}”",
        lambda s: _proposed(s, "purchaser", ("incoterm", "incoterm"), ("payment_kind", "contract_payment")),
    ),
)  # fmt: skip
check(
    "B2B026",
    goal("compared", "0.6", "同意前比较了各版条款", "The versions were compared", lambda s: s.looked_up("b2b.supplier_versions")),
    goal("agreed", "1.4", "供应商同意了条款", "The supplier has agreed to the terms", lambda s: s.did("b2b.agree_as_supplier")),
)
check(
    "B2B027",
    goal("compared", "0.6", "同意前比较了各版条款", "The versions were compared", lambda s: s.looked_up("b2b.versions")),
    goal("agreed", "0.7", "采购商同意了条款", "The purchaser has agreed to the terms", lambda s: s.did("b2b.agree_as_purchaser")),
    goal("both", "0.7", "双方同意，合同已写成", "Both sides agree and the contract is written", lambda s: _moved(s, "negotiation", "both_agree")),
)
check(
    "B2B028",
    goal("read", "0.6", "签署前阅读了合同", "The contract was read", lambda s: s.looked_up("b2b.contracts")),
    goal("signed", "1.4", "采购商以证书签署了合同", "The purchaser has signed a contract with its certificate", lambda s: s.did("b2b.sign_as_purchaser")),
)
check(
    "B2B029",
    goal("read", "0.5", "签署前阅读了合同", "The contract was read", lambda s: s.looked_up("b2b.supplier_contracts")),
    goal("signed", "0.8", "供应商以证书签署了合同", "The supplier has signed a contract with its certificate", lambda s: s.did("b2b.sign_as_supplier")),
    goal(
        "order", "0.7", "双方签署后生成了订货单", "Both have signed and the contract has become an order",
        lambda s: s.look.one("select 1 from document_history where state = 'both_signatures' and entry > 0"),
    ),
)  # fmt: skip
check(
    "B2B030",
    goal("overview", "0.5", "先看了应收款一览", "The receivables of all purchasers were looked at", lambda s: s.looked_up("b2b.receivables")),
    goal("detail", "0.8", "查到了一个采购商的应收款明细", "Those of one purchaser have been found", lambda s: s.looked_up("b2b.receivable_detail")),
    goal(
        "right", "0.7", "该采购商是 {company}", "That purchaser is {company}",
        lambda s: s.looked_up("b2b.receivable_detail", purchaser=own_member(s.look)),
    ),
)  # fmt: skip
check(
    "B2B031",
    goal("overview", "0.6", "先看了应付物流商的款项一览", "What is owed to all carriers was looked at", lambda s: s.looked_up("b2b.freight_payables")),
    goal(
        "detail",
        "1.4",
        "查到了应付一家物流商的运费明细",
        "The freight owed to one carrier has been found",
        lambda s: s.looked_up("b2b.freight_payable_detail"),
    ),
)
check(
    "B2B032",
    goal("overview", "0.6", "先看了应付款一览", "The payables to all suppliers were looked at", lambda s: s.looked_up("b2b.payables")),
    goal("detail", "0.8", "查到了应付一个供应商的明细", "Those to one supplier have been found", lambda s: s.looked_up("b2b.payable_detail")),
    goal("open", "0.6", "只列出了未结清的", "Only the open ones were listed", lambda s: s.looked_up("b2b.payable_detail", open_only=True)),
)
