"""Who sells the marketing services: a fictional company with a merchant contract at the bank."""

from __future__ import annotations

from stdnum.cn import uscc

from ...books.cast import DOMAIN, Company
from ...kernel.doing import Looking
from ...kernel.refusals import refusal
from ..ebank import merchant_account

NO_PROVIDER = refusal("no_provider", "营销服务商还没有开通收款。请稍后再付款。", "The marketing service cannot accept payments yet. Pay later.")


def provider_company(look: Looking) -> Company:
    """The company itself. Its social credit code lies in region 000000, which is no place, as those of the cast."""
    chance = look.stream("netsell.provider")
    body = "91000000" + "".join(chance.choice("0123456789ABCDEFGHJKLMNPQRTUWXY") for _ in range(9))
    return Company("信达推广 Xinda Promotion", body + uscc.calc_check_digit(body), f"promotion@{DOMAIN}", "上海 Shanghai", "上海 Shanghai")


def provider(look: Looking, field: str | None = None) -> tuple[str, str]:
    """Its merchant number at the bank and its number as a member. Refuses 'no_provider' where it has no contract."""
    row = look.one(
        """select m.merchant, b.number from merchant_contract m join bank_customer c on c.number = m.merchant
           join member b on b.number = c.member where b.uscc = $uscc order by 1 limit 1""",
        uscc=provider_company(look).uscc,
    )
    if row is None:
        raise NO_PROVIDER(field)
    merchant_account(look, row.merchant, field or "order")
    return row.merchant, row.number
