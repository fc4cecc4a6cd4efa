"""How the model student prepares, plans, teaches and reviews the lesson."""

from __future__ import annotations

import datetime
from typing import Any

from ...kernel.plays import Player, plays
from .checks import PRACTISED, SHOWN
from .comparing import STEPS, figures, placed
from .planning import AHEAD, MINUTES
from .reviewing import full_in, hardest_of


def _plan(play: Player) -> str:
    """The plan at work: the last, or a new one if it has been taught or there is none."""
    found = play.look.value("select number from document where kind = 'lesson_plan' and state <> 'taught' order by number desc limit 1")
    return str(found or play.teaching.begin(max(play.brief("LES001")["day"], play.look.day + datetime.timedelta(days=AHEAD))))


def _tasks(play: Player) -> list[str]:
    """What is practised: up to the task asked, each after those that it needs."""
    return list(PRACTISED[: PRACTISED.index(play.brief("LES006")["task"]) + 1])


def _spread(codes: list[str], minutes: int) -> list[dict[str, Any]]:
    """The minutes shared among the tasks; the last has what is left over."""
    each = minutes // len(codes)
    return [{"task": code, "minutes": each + (minutes - each * len(codes)) * (code == codes[-1])} for code in codes]


@plays("LES001")
def _prepare(play: Player) -> None:
    plan = play.teaching.begin(play.brief("LES001")["day"])
    play.teaching.write_letter(plan, "请在家里看一遍网上商店的首页，记下付款前要点几次。 Look at a shop's page at home and count the clicks before you pay.")


@plays("LES002")
def _ask(play: Player) -> None:
    goods = play.brief("LES002")["goods"]
    play.teaching.ask(_plan(play), f"怎样买到又好又便宜的{goods.zh}？", f"你在网上买过{goods.zh}吗？")


@plays("LES003")
def _compare(play: Player) -> None:
    plan = _plan(play)
    play.teaching.statements()
    play.teaching.compare(plan, [{"line": n, "side": side} for n, (_, side) in enumerate(placed(play.look), 1)])
    order = play.look.value("select min(number) from document where kind = 'b2c_order'")
    found = figures(play.look, order)
    play.teaching.measure(plan, order, found["documents"], found["days"])


@plays("LES004")
def _order(play: Player) -> None:
    play.teaching.order_steps(_plan(play), [{"step": key} for key in STEPS])


@plays("LES005")
def _script(play: Player) -> None:
    play.b2c.search()
    shop = play.look.one("select merchant, product from b2c_product where on_sale order by merchant, product limit 1")
    play.b2c.add_to_cart(shop.merchant, shop.product, 1)
    play.teaching.script(_plan(play), [{"operation": name, "says": "看清每一步改变了什么。 See what each step changes."} for name in SHOWN])


@plays("LES006")
def _assign(play: Player) -> None:
    play.teaching.assign(_plan(play), _spread(_tasks(play), play.brief("LES006")["minutes"]))


def _phases(play: Player) -> list[dict[str, Any]]:
    """The four phases; the practice, on the task asked, is as long as asked, and the inquiry has what is left."""
    asked = play.brief("LES008")
    minutes = {"situation": 3, "practice": asked["minutes"], "summing_up": 5}
    minutes["inquiry_phase"] = MINUTES - sum(minutes.values())
    verbs = {"situation": "name_it", "inquiry_phase": "compare_it", "practice": "do_it", "summing_up": "judge_it"}
    texts = {
        "teacher_does": "提问并演示 Asks and shows",
        "pupils_do": "回答并操作 Answer and do it",
        "intention": "从自己的经验出发 Begin with what pupils know",
    }
    return [{"phase": p, "minutes": minutes[p], "verb": v, **texts} for p, v in verbs.items()]


@plays("LES007")
def _intentions(play: Player) -> None:
    play.teaching.write_phases(_plan(play), _phases(play), play.brief("LES006")["task"])


@plays("LES008")
def _check(play: Player) -> None:
    plan = _plan(play)
    play.teaching.write_phases(plan, _phases(play), play.brief("LES006")["task"])
    play.teaching.plan_page(plan)
    play.teaching.check_plan(plan)


@plays("LES009")
def _levels(play: Player) -> None:
    basic = _tasks(play)
    further = "B2C028" if basic[-1] == "B2C027" else "B2C029"
    minutes = play.brief("LES006")["minutes"]
    play.teaching.differentiate(_plan(play), _spread(basic, minutes), _spread([further], minutes))


@plays("LES010")
def _review(play: Player) -> None:
    plan = _plan(play)
    if play.look.value("select state from document where number = $n", n=plan) == "draft":
        play.teaching.write_phases(plan, _phases(play), play.brief("LES006")["task"])
        play.teaching.check_plan(plan)
    day = play.look.value("select lesson_day from lesson_plan where number = $n", n=plan)
    if day > play.look.day:
        play.lab.advance(days=(day - play.look.day).days)
    play.teaching.teach(plan)
    play.teaching.class_points(plan)
    hardest = hardest_of(play.look, plan)[0]
    play.teaching.review(plan, hardest, full_in(play.look, plan, hardest), "练习再短一些，先演示付款。 A shorter practice, and payment is shown first.")
