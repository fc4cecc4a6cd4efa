"""The four posts of the department, and who holds them. One person holds one post, so that whoever asks never decides."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ...books import access, documents, ledger, members
from ...kernel.command import VISITOR, Role, command, query, role
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import Declined, refusal
from ...kernel.table import Table
from ...kernel.values import Ask, Line, Ref, Secret
from .. import b2c, ebank, email

ECOMMERCE_CLERK = role("ecommerce_clerk", "电商专员", "e-commerce clerk", sign_in="finance.sign_in_ecommerce")
STOCK_CLERK = role("stock_clerk", "仓库专员", "stock clerk", sign_in="finance.sign_in_stock")
FINANCE_CLERK = role("finance_clerk", "财务专员", "finance clerk", sign_in="finance.sign_in_finance")
MANAGER = role("department_manager", "部门经理", "department manager", sign_in="finance.sign_in_manager")
POSTS: dict[str, Role] = {r.name: r for r in (ECOMMERCE_CLERK, STOCK_CLERK, FINANCE_CLERK, MANAGER)}
#: Where the copies of slips lie that somebody on a post holds.
PLACE = {ECOMMERCE_CLERK.name: "ecommerce", STOCK_CLERK.name: "warehouse", FINANCE_CLERK.name: "finance"}
PASSWORD = "finance.password"
#: The company of whoever acts, and its shop's merchant number, in SQL.
MINE = "(select company from finance_staff where number = $actor)"
SHOP = "(select merchant from finance_staff where number = $actor)"

HAS_A_POST = refusal(
    "has_a_post",
    "{name}已经是本部门的“{post}”。请另选一人：一人只任一岗。",
    "{name} is the {post} of this department already. Choose another person: each holds one post.",
)
NO_STAFF = refusal("no_staff", "没有工号为 {number} 的{post}。请从列表中选择。", "There is no {post} with the staff number {number}. Choose one from the list.")

_posts = Literal["ecommerce_clerk", "stock_clerk", "finance_clerk", "department_manager"]
for _name in POSTS:
    access.offer(f"finance.{_name}s", PASSWORD, f"select number, full_name from finance_staff where post = '{_name}' and number in {{own}} order by number")


@command(role=b2c.SHOPKEEPER, title=("安排岗位", "Put a person on a post"))
def employ(
    do: Doing,
    full_name: Annotated[Line, Ask(max=60)],
    mailbox: Annotated[Line, Ask(max=80)],
    post: Annotated[_posts, Ask(labels={name: r.title for name, r in POSTS.items()})],
    password: Annotated[Secret, Ask(purpose=PASSWORD, new=True)],
    confirm: Annotated[Secret, Ask(purpose=PASSWORD, same_as="password")],
) -> str:
    """Puts a person on a post of the department; gives the staff number by which they sign in. Each person holds one post."""
    shop = b2c.shop_of(do, do.actor)
    person = members.person(do, full_name, email.checked_mailbox(do, mailbox, "mailbox"))
    if held := do.value("select post from finance_staff where company = $company and person = $person", company=shop.member, person=person):
        raise HAS_A_POST("full_name", name=full_name, post=POSTS[held].title)
    number = do.number("ST")
    do.execute(
        "insert into finance_staff values ($number, $company, $merchant, $person, $name, $post, $day)",
        number=number, company=shop.member, merchant=shop.merchant, person=person, name=full_name, post=post, day=do.day,
    )  # fmt: skip
    access.grant(do, PASSWORD, number, password)
    return number


def _signed_in(do: Doing, post: Role, number: str, password: str) -> str | Declined:
    account = access.find(do, PASSWORD, number)
    if account is None or do.value("select post from finance_staff where number = $n", n=number) != post.name:
        raise NO_STAFF("staff", number=number[:40], post=post.title)
    return access.sign_in(do, post, account, password)


_Password = Annotated[Secret, Ask(purpose=PASSWORD)]


@command(role=VISITOR, title=("登录为电商专员", "Sign in as e-commerce clerk"))
def sign_in_ecommerce(do: Doing, staff: Annotated[Ref, Ask(choose="finance.ecommerce_clerks")], password: _Password) -> str | Declined:
    """Opens a session as e-commerce clerk, who asks for refunds, floats and fees; gives the staff number."""
    return _signed_in(do, ECOMMERCE_CLERK, staff, password)


@command(role=VISITOR, title=("登录为仓库专员", "Sign in as stock clerk"))
def sign_in_stock(do: Doing, staff: Annotated[Ref, Ask(choose="finance.stock_clerks")], password: _Password) -> str | Declined:
    """Opens a session as stock clerk, who issues goods and confirms what came back; gives the staff number."""
    return _signed_in(do, STOCK_CLERK, staff, password)


@command(role=VISITOR, title=("登录为财务专员", "Sign in as finance clerk"))
def sign_in_finance(do: Doing, staff: Annotated[Ref, Ask(choose="finance.finance_clerks")], password: _Password) -> str | Declined:
    """Opens a session as finance clerk, who pays, checks and reconciles; gives the staff number."""
    return _signed_in(do, FINANCE_CLERK, staff, password)


@command(role=VISITOR, title=("登录为部门经理", "Sign in as department manager"))
def sign_in_manager(do: Doing, staff: Annotated[Ref, Ask(choose="finance.department_managers")], password: _Password) -> str | Declined:
    """Opens a session as department manager, who decides; gives the staff number."""
    return _signed_in(do, MANAGER, staff, password)


@query(role=b2c.SHOPKEEPER, title=("查看岗位", "View the posts"))
def posts(do: Doing) -> Table:
    """Who works in the department: number, full_name, post, day."""
    return do.table("select number, full_name, post, day from finance_staff where merchant = $actor order by number", actor=do.actor)


def company_of(look: Looking, staff: str) -> str:
    """The member number of the company for which somebody works."""
    return str(look.value("select company from finance_staff where number = $n", n=staff))


def person_of(look: Looking, staff: str) -> str:
    """The member number of the person behind a staff number."""
    return str(look.value("select person from finance_staff where number = $n", n=staff))


def merchant_of(look: Looking, company: str) -> str:
    """The merchant number of a department's shop."""
    return str(look.value("select merchant from finance_staff where company = $c limit 1", c=company))


def own(do: Doing, kind: documents.Kind, table: str, number: str, field: str) -> tuple[documents.Document, Any]:
    """A document of the department of whoever acts, with its row. Refuses 'not_found' and 'not_yours'."""
    document = documents.find(do, kind, number, field, owner=company_of(do, do.actor))
    return document, do.one(f"select * from {table} where number = $number", number=number)


#: The company's accounts, for whoever pays in its name.
_accounts = ebank.offer_accounts("finance.accounts", f"t.kind = 'corporate' and t.member = {MINE}")
Account = Annotated[Ref, Ask("付款账户", "Account to pay from", choose="finance.accounts")]


def paying_account(do: Doing, number: str) -> str:
    """An account of the company, without blanks. Refuses 'not_members_account'."""
    return ebank.members_account(do, number, company_of(do, do.actor), "account")


def hand_back(do: Doing, kind: str, text: str, company: str, person: str, amount: Any, document: str) -> None:
    """Cash that a person had of the company comes back into its cash box."""
    ledger.post(
        do, kind, text,
        [
            ledger.Line(company, ledger.CASH, amount),
            ledger.Line(company, ledger.OTHER_RECEIVABLE, -amount, person),
            ledger.Line(person, ledger.CASH, -amount),
            ledger.Line(person, ledger.OTHER_PAYABLE, amount, company),
        ],
        document,
    )  # fmt: skip
