"""How the model student does each task, and who markets, subscribes and sells the services before."""

from __future__ import annotations

from typing import Any

from ...books import images
from ...books.cast import own_company, own_person
from ...kernel.names import both
from ...kernel.plays import Player, plays
from ..b2c.prologue import serve_all
from .advertising import SLOTS
from .prologue import confirmation_code, latest_letter


def _order(play: Player, number: str) -> None:
    """Pays an order from the company's account."""
    account = play.look.value(
        """select a.number from bank_account a join bank_customer c on c.number = a.customer join member m on m.number = c.member
           where a.kind = 'corporate' and m.uscc = $uscc order by a.number limit 1""",
        uscc=own_company(play.look).uscc,
    )
    play.netsell.pay_order(number, account, play.pin("corporate"))


def _own(play: Player, family: str, title: str) -> str:
    return str(play.look.value(f"select max(number) from netsell_{family} where title = $title", title=title))


def _service(play: Player, kind: str) -> str:
    return str(
        play.look.value(
            """select max(s.number) from netsell_service s join document d using (number) join member m on m.number = s.member
               where s.kind = $kind and d.state = 'active' and m.uscc = $uscc""",
            kind=kind, uscc=own_company(play.look).uscc,
        )
    )  # fmt: skip


def _picture(slot: str) -> bytes:
    return images.sample(SLOTS[slot].width, SLOTS[slot].height, (200, 40, 40))


@plays("NETSELL001")
def _register(play: Player) -> None:
    own, me = own_company(play.look), own_person(play.look)
    password = play.password("netsell")
    play.netsell.register(
        user_name=f"mkt_{play.look.mark}", company_name=own.name, uscc=own.uscc, contact=me.name, mailbox=me.mailbox, password=password, confirm=password
    )
    play.netsell.sign_in(f"mkt_{play.look.mark}", password)


@plays("NETSELL002")
def _international(play: Player) -> None:
    asked = play.brief("NETSELL002")
    play.netsell.check_name(asked["label"])
    _order(play, play.netsell.order_international(asked["label"], asked["zone"], asked["years"]))


@plays("NETSELL003")
def _chinese(play: Player) -> None:
    asked = play.brief("NETSELL003")
    label = both(asked["label"]).zh
    play.netsell.check_name(label)
    _order(play, play.netsell.order_chinese(label, asked["zone"], asked["years"]))


@plays("NETSELL004")
def _forward(play: Player) -> None:
    play.netsell.forward_domain(_service(play, "netsell_domain"), play.brief("NETSELL004")["target"])


@plays("NETSELL005")
def _hosting(play: Player) -> None:
    asked = play.brief("NETSELL005")
    _order(play, play.netsell.order_hosting(asked["plan"], asked["years"]))


@plays("NETSELL006")
def _details(play: Player) -> None:
    play.netsell.hosting_details(_service(play, "netsell_hosting"))


@plays("NETSELL007")
def _listing(play: Player) -> None:
    asked = play.brief("NETSELL007")
    order = play.netsell.order_listing(
        title=asked["title"], url=asked["url"], category="shopping", keywords=f"{both(asked['keyword']).zh}, 网购, shopping",
        description="品类齐全，次日送达。 A wide range, delivered the next day.", years=asked["years"], agree=True,
    )  # fmt: skip
    _order(play, order)


@plays("NETSELL008")
def _relist(play: Player) -> None:
    listing, word = _service(play, "netsell_listing"), both(play.brief("NETSELL008")["new_keyword"]).zh
    before = play.look.value("select keywords from netsell_listing where number = $number", number=listing)
    play.netsell.change_listing(listing, keywords=f"{before}, {word}")
    play.netsell.search(word)


#: So many days the model student's advertisements run before their results are looked at: long enough to see them wear out.
CAMPAIGN_DAYS = 4


def _life(create: str, change: str | None, delete: str, family: str, campaign: bool = False, **fields: Any) -> None:
    """The three tasks of a family: create it as asked, change its title as asked, delete it. fields: callables of the brief.

    campaign: whether it runs for some days, and its result is looked at, before it is deleted.
    """

    @plays(create)
    def _create(play: Player) -> None:
        asked = play.brief(create)
        getattr(play.netsell, f"create_{family}")(title=asked["title"], **{k: f(asked) for k, f in fields.items()})

    if change:

        @plays(change)
        def _change(play: Player) -> None:
            asked = play.brief(change)
            getattr(play.netsell, f"change_{family}")(_own(play, family, asked["title"]), title=asked["new_title"])

    @plays(delete)
    def _delete(play: Player) -> None:
        asked = play.brief(delete)
        if campaign:
            for _ in range(CAMPAIGN_DAYS):
                serve_all(play)  # a shopper who waits for an order does not come again
                play.lab.advance(days=1)
            play.netsell.ad_report()
        getattr(play.netsell, f"delete_{family}")(_own(play, family, asked["new_title" if change else "title"]))


_life(
    "NETSELL009", "NETSELL010", "NETSELL011", "text_ad", campaign=True,
    category=lambda a: a["category"], content=lambda a: "全场包邮，欢迎选购。 Free delivery on everything.", link=lambda a: a["link"],
)  # fmt: skip
for _codes, _family in ((("NETSELL012", "NETSELL013", "NETSELL014"), "button_ad"), (("NETSELL015", "NETSELL016", "NETSELL017"), "banner_ad")):
    _life(
        *_codes, _family, campaign=True,
        link=lambda a: a["link"], image=lambda a: _picture(a["slot"]), slot=lambda a: a["slot"], remark=lambda a: "首期 First run",
    )  # fmt: skip
_life(
    "NETSELL018", "NETSELL019", "NETSELL020", "business_notice",
    info_kind=lambda a: a["info_kind"], content=lambda a: "数量充足，价格面议。 In quantity, price by agreement.",
)  # fmt: skip
_life(
    "NETSELL021", "NETSELL022", "NETSELL023", "questionnaire",
    answer_type=lambda a: a["answer_type"], options=lambda a: [{"option": o} for o in ("价格 Price", "质量 Quality", "包装 Packaging", "服务 Service")],
)  # fmt: skip


@plays("NETSELL024")
def _vote(play: Player) -> None:
    asked = play.brief("NETSELL024")
    play.netsell.ballot_paper(asked["questionnaire"])
    play.netsell.vote(asked["questionnaire"], str(asked["choice"]))


@plays("NETSELL026")
def _search(play: Player) -> None:
    play.netsell.search_zines(play.brief("NETSELL026")["zine_kind"])


_life("NETSELL025", None, "NETSELL027", "zine", zine_kind=lambda a: a["zine_kind"], content=lambda a: "本期介绍秋季选品。 This issue: choosing for autumn.")


@plays("NETSELL028")
def _subscribe(play: Player) -> None:
    kind, mailbox = play.brief("NETSELL028")["zine_kind"], own_person(play.look).mailbox
    play.netsell.subscribe(kind, mailbox, play.password("subscriber"))
    play.email.read(latest_letter(play, mailbox, "请确认订阅").number)
    play.netsell.confirm_subscription(kind, mailbox, confirmation_code(play, mailbox))


@plays("NETSELL029")
def _subscriptions(play: Player) -> None:
    play.netsell.my_subscriptions(own_person(play.look).mailbox, play.password("subscriber"))


@plays("NETSELL030")
def _list(play: Player) -> None:
    asked = play.brief("NETSELL030")
    play.netsell.create_mailing_list(
        title=asked["title"],
        entries=[{"address": asked["first"], "full_name": asked["first_name"]}, {"address": asked["wrong"], "full_name": asked["second_name"]}],
    )


@plays("NETSELL031")
def _correct(play: Player) -> None:
    asked = play.brief("NETSELL031")
    play.netsell.change_mailing_list(
        _own(play, "mailing_list", asked["title"]),
        entries=[{"address": asked["first"], "full_name": asked["first_name"]}, {"address": asked["second"], "full_name": asked["second_name"]}],
    )


@plays("NETSELL032")
def _delete_list(play: Player) -> None:
    play.netsell.delete_mailing_list(_own(play, "mailing_list", play.brief("NETSELL032")["title"]))


@plays("NETSELL033")
def _collect(play: Player) -> None:
    play.netsell.collect_subscribers(play.brief("NETSELL033")["zine_kind"])


@plays("NETSELL034")
def _mailing(play: Player) -> None:
    asked = play.brief("NETSELL034")
    mine = play.look.value(
        """select max(l.number) from netsell_mailing_list l join document d using (number) join member m on m.number = l.member
           where d.state <> 'deleted' and m.uscc = $uscc""",
        uscc=own_company(play.look).uscc,
    )
    body = "{name}，您好！\n\n诚邀您光临本店的秋季活动。\n\nDear {name}, please visit our autumn sale.\n{company}"
    play.netsell.send_mailing(mine, f"{asked['topic']} 邀请函 Invitation", body)
