"""What each task of the module must show."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ...books.cast import companies, own_company, own_person, persons
from ...kernel.doing import Looking
from ...kernel.evidence import Evidence, Goal, asks, check, goal


def amount(look: Looking, label: str, low: int, high: int) -> Decimal:
    """An amount of this world: hundreds of CNY between the bounds, with odd cents."""
    chance = look.stream(f"ebank.{label}")
    return (Decimal(chance.randrange(low, high)) * 100 + Decimal(chance.randrange(1, 100)) / 100).quantize(Decimal("0.01"))


def _payee(look: Looking, mailbox: str, label: str, low: int, high: int) -> dict[str, Any]:
    row = look.one(
        "select a.number, c.name from bank_account a join bank_customer c on c.number = a.customer where c.mailbox = $mailbox and a.kind <> 'merchant'",
        mailbox=mailbox,
    )
    return {"payee": row.name, "account": row.number, **_shown(amount(look, label, low, high))}


@asks("EBANK001", "EBANK002", "EBANK006", "EBANK007", "EBANK008", "EBANK016")
def _company(look: Looking) -> dict[str, Any]:
    own = own_company(look)
    capital = Decimal(look.stream("ebank.capital").randrange(20, 60)) * Decimal("50000.00")
    return {"company": own.name, "uscc": own.uscc, "capital": capital, "shown": f"{capital:,}"}


@asks("EBANK004")
def _deposit(look: Looking) -> dict[str, Any]:
    return _shown(amount(look, "deposit", 4000, 8000))


@asks("EBANK005")
def _transfer(look: Looking) -> dict[str, Any]:
    return _payee(look, companies(look)[1].mailbox, "transfer", 100, 900)


@asks("EBANK009")
def _payment(look: Looking) -> dict[str, Any]:
    shop = look.one("select merchant, shop_name from merchant_contract order by number limit 1")
    return {"merchant": shop.merchant, "shop": shop.shop_name, "reference": f"PO-{look.mark}-A", **_shown(amount(look, "payment", 10, 90))}


@asks("EBANK010", "EBANK013", "EBANK014")
def _person(look: Looking) -> dict[str, Any]:
    own = own_person(look)
    return {"name": own.name}


@asks("EBANK011")
def _deposit_personal(look: Looking) -> dict[str, Any]:
    return _shown(amount(look, "deposit_personal", 150, 400))


@asks("EBANK012")
def _transfer_personal(look: Looking) -> dict[str, Any]:
    return _payee(look, persons(look)[1].mailbox, "transfer_personal", 5, 50)


@asks("EBANK015")
def _purchase(look: Looking) -> dict[str, Any]:
    return {**_payment(look), "reference": f"WB-{look.mark}-B", **_shown(amount(look, "purchase", 1, 9))}


@asks("EBANK018", "EBANK019")
def _receipt(look: Looking) -> dict[str, Any]:
    return {"company": own_company(look).name}


def _shown(value: Decimal) -> dict[str, Any]:
    return {"amount": value, "shown": f"{value:,}"}


def _movement(code: str, command: str, zh: str, en: str) -> None:
    """Goals of a task that moves money: done at all, to whom if somebody is named, and the amount asked."""
    named = code in ("EBANK005", "EBANK012")

    def right(seen: Evidence) -> list[Any]:
        return seen.did(command, to_account=seen.brief["account"]) if named else seen.did(command)

    goals = [goal("done", "0.8" if named else "1", zh, en, lambda s: s.did(command))]
    if named:
        goals.append(goal("payee", "0.6", "收款人是 {payee}（{account}）", "The payee is {payee} ({account})", right))
    goals.append(
        goal(
            "amount",
            "0.6" if named else "1",
            "金额为 {shown} 元",
            "The amount is {shown} CNY",
            lambda s: [d for d in right(s) if d.arguments["amount"] == s.brief["amount"]],
        )
    )
    check(code, *goals)


def _narrowed(command: str) -> Goal:
    """A query with a condition that still found something."""
    return goal(
        "condition",
        "0.8",
        "查询时至少设置了一个条件，并查到了记录",
        "At least one condition was set, and something was found",
        lambda s: s.looked_up(command, where=lambda d: any(v is not None and v != "both" for v in d.arguments.values())),
    )


def _lookup(code: str, command: str, zh: str, en: str) -> None:
    check(code, goal("found", "1.2", zh, en, lambda s: s.looked_up(command)), _narrowed(command))


def _own_customer(seen: Evidence) -> Any:
    return seen.look.one(
        "select c.number from bank_customer c join member m on m.number = c.member where c.kind = 'corporate' and m.uscc = $uscc", uscc=seen.brief["uscc"]
    )


check(
    "EBANK001",
    goal("registered", "1", "企业网上银行注册成功", "A company is registered for corporate banking", lambda s: s.did("ebank.register_corporate")),
    goal("company", "0.5", "注册的企业是 {company}（{uscc}）", "It is {company} ({uscc})", _own_customer),
    goal(
        "capital",
        "0.5",
        "注册资金为 {shown} 元",
        "Its registered capital is {shown} CNY",
        lambda s: s.did("ebank.register_corporate", capital=s.brief["capital"]),
    ),
)
check(
    "EBANK002",
    goal(
        "certificate",
        "0.8",
        "下载了银行为企业申请的证书",
        "The certificate that the bank applied for is downloaded",
        lambda s: s.look.one(
            """select 1 from bank_customer c join document d on d.number = c.certificate
               where c.kind = 'corporate' and d.state = 'downloaded' and c.password not like 'issued:cast/%'"""
        ),
    ),
    goal(
        "signed_in",
        "1.2",
        "凭证书、客户号和密码登录成功",
        "You have signed in with certificate, customer number and password",
        lambda s: s.did("ebank.sign_in_corporate"),
    ),
)
_movement("EBANK004", "ebank.deposit", "向企业账户存入现金", "Cash is paid into the company's account")
_movement("EBANK005", "ebank.transfer", "从企业账户转出一笔款", "Money is transferred from the company's account")
_lookup("EBANK006", "ebank.balance", "查到了企业账户的余额", "The balance of the company's account has been looked up")
_lookup("EBANK007", "ebank.statement", "查到了企业账户的交易明细", "The statement of the company's account has been looked up")
_lookup("EBANK008", "ebank.transfers", "查到了企业账户的转账明细", "The transfers of the company's account have been looked up")
check(
    "EBANK009",
    goal(
        "paid",
        "0.8",
        "向 {shop} 支付了订单 {reference}，金额 {shown} 元",
        "The order {reference} of {shop} is paid, {shown} CNY",
        lambda s: s.did("ebank.pay_corporate", merchant=s.brief["merchant"], reference=s.brief["reference"], amount=s.brief["amount"]),
    ),
    goal(
        "found", "1.2", "在电子支付明细里查到了支付记录", "A payment has been found in the list of electronic payments", lambda s: s.looked_up("ebank.payments")
    ),
)
check(
    "EBANK010",
    goal("registered", "1.2", "个人网上银行注册成功", "A person is registered for personal banking", lambda s: s.did("ebank.register_personal")),
    goal("signed_in", "0.8", "以个人客户身份登录成功", "You have signed in as a personal client", lambda s: s.did("ebank.sign_in_personal")),
)
_movement("EBANK011", "ebank.deposit_personal", "向个人账户存入现金", "Cash is paid into the personal account")
_movement("EBANK012", "ebank.transfer_personal", "从个人账户转出一笔款", "Money is transferred from the personal account")
_lookup("EBANK013", "ebank.balance_personal", "查到了个人账户的余额", "The balance of the personal account has been looked up")
_lookup("EBANK014", "ebank.statement_personal", "查到了个人账户的历史交易", "The statement of the personal account has been looked up")
check(
    "EBANK015",
    goal(
        "paid",
        "0.8",
        "在 {shop} 购物并支付订单 {reference}，金额 {shown} 元",
        "The order {reference} of {shop} is paid, {shown} CNY",
        lambda s: s.did("ebank.pay_personal", merchant=s.brief["merchant"], reference=s.brief["reference"], amount=s.brief["amount"]),
    ),
    goal("found", "1.2", "在网上购物明细里查到了这笔支付", "A purchase has been found in the list of purchases", lambda s: s.looked_up("ebank.purchases")),
)
check(
    "EBANK016",
    goal("contract", "1.4", "签订了特约商户协议", "A merchant contract is signed", lambda s: s.did("ebank.apply_merchant")),
    goal(
        "company",
        "0.6",
        "签约企业是 {company}",
        "It is with {company}",
        lambda s: s.look.one(
            "select 1 from bank_customer c join member m on m.number = c.member where c.kind = 'merchant' and m.uscc = $uscc", uscc=s.brief["uscc"]
        ),
    ),
)
check(
    "EBANK017",
    goal("signed_in", "0.8", "以商户身份登录成功", "You have signed in as a merchant", lambda s: s.did("ebank.sign_in_merchant")),
    goal("found", "1.2", "查到了结算账户的余额", "The balance of the settlement account has been looked up", lambda s: s.looked_up("ebank.balance_merchant")),
)
check(
    "EBANK018",
    goal(
        "received",
        "0.8",
        "你的商户收到过一笔电子支付",
        "Your merchant has received an electronic payment",
        lambda s: s.did(
            "ebank.pay_personal",
            "ebank.pay_corporate",
            where=lambda d: s.look.one(
                "select 1 from bank_customer where number = $number and password not like 'issued:cast/%'", number=d.arguments["merchant"]
            ),
        ),
    ),
    goal(
        "found",
        "1.2",
        "在商户的历史交易里查到了记录",
        "Movements have been found in the merchant's statement",
        lambda s: s.looked_up("ebank.statement_merchant"),
    ),
)
check(
    "EBANK019",
    goal(
        "found",
        "1.2",
        "在商户的当日交易里查到了记录",
        "Movements have been found in the merchant's list of the day",
        lambda s: s.looked_up("ebank.day_merchant"),
    ),
    goal(
        "payment",
        "0.8",
        "查到的记录里有一笔电子支付",
        "Among the movements found is an electronic payment",
        lambda s: s.looked_up("ebank.day_merchant", where=lambda d: any(r.kind == "payment" for r in d.result)),
    ),
)
