"""What the logistics assignment begins with: a carrier at work, two customers, goods and orders that wait."""

from __future__ import annotations

from ...books.cast import Company, carriers, companies, own_company, own_person
from ...kernel.plays import Player, scene
from .. import ca
from .prologue import PLATES, founded


@scene(
    "lgs.at_work", "LGS007", "LGS012", "LGS021", "LGS022", "LGS003", "LGS015", "LGS006", "LGS002", "LGS014", "LGS005", "LGS017",
)  # fmt: skip
def _at_work(play: Player) -> None:
    """The carrier in whose name the student works, with two warehouses and two vehicles; two companies are its customers.

    One more has applied. Of two consignments one is in and one waits in the receiving area; a delivery and a transfer are ordered.
    """
    firm = carriers(play.look)[1]
    password = play.password("carrier")
    carrier = play.lgs.register(
        company_name=firm.name, uscc=firm.uscc, city=firm.city, contact="调度室 Dispatch office", phone="0571-88880001",
        mailbox=own_person(play.look).mailbox, base_fee="30.00", rate_per_kg="1.20", password=password, confirm=password,
    )  # fmt: skip
    play.lgs.sign_in(carrier, password)
    main = founded(play, "东区仓库 East warehouse", firm.city)
    founded(play, "西区仓库 West warehouse", firm.city)
    for i, load in enumerate(("1500", "5000")):
        play.lgs.add_vehicle(plate=PLATES[i], model=("厢式货车 Van", "中型卡车 Truck")[i], load_kg=load, driver=("赵师傅 Zhao", "钱师傅 Qian")[i])
    first, second, third = companies(play.look)[1:4]
    _customer(play, first, carrier, approve=True)
    _send(play, main, 3)
    play.lab.sign_out("shipper", _member(play, first))
    _customer(play, second, carrier, approve=True)
    slip = _send(play, main, 4)
    counts = [{"product": r.product, "counted": r.at_gate} for r in play.look.all("select product, at_gate from lgs_line where slip = $s order by 1", s=slip)]
    play.lgs.receive(slip, counts)
    goods = [{"product": c["product"], "quantity": 10 + 5 * i} for i, c in enumerate(counts[:2])]
    own = own_company(play.look)
    play.lgs.order_delivery(main, own.name, f"{own.province} {own.city}", play.look.day, goods)
    other = play.look.value("select max(number) from lgs_warehouse")
    play.lgs.order_transfer(main, other, [{"product": counts[2]["product"], "quantity": 12}])
    play.lab.sign_out("shipper", _member(play, second))
    _customer(play, third, carrier, approve=False)
    play.lab.sign_out("shipper", _member(play, third))


def _member(play: Player, company: Company) -> str:
    return str(play.look.value("select number from member where uscc = $uscc", uscc=company.uscc))


def _customer(play: Player, company: Company, carrier: str, approve: bool) -> None:
    """A company gets a certificate, signs in with it as a shipper and applies."""
    number = play.ca.apply(
        kind="enterprise", common_name=company.name, mailbox=company.mailbox, province=company.province, city=company.city,
        organization=company.name, uscc=company.uscc,
    )  # fmt: skip
    play.ca.verify_download(number, ca.download_password(play.look, number))
    play.ca.download("pem")
    play.lab.sign_out("certificate_holder", number)
    play.lgs.shipper_sign_in(number)
    application = play.lgs.apply(carrier, number, True)
    if approve:
        play.lgs.review(application, "approved")


def _send(play: Player, warehouse: str, kinds: int) -> str:
    rows = play.look.all(
        """select l.product, l.on_hand from stock_level l join stock_place p on p.number = l.place
           where p.kind = 'store' and l.owner = $owner order by l.product limit $kinds""",
        owner=play.look.sessions("shipper")[0], kinds=kinds,
    )  # fmt: skip
    return str(play.lgs.send_goods(warehouse, [{"product": r.product, "quantity": r.on_hand // 2} for r in rows]))
