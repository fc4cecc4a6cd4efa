"""A module that is no part of the course, as its author wrote it in three releases: the example on which versions are tried.

`lay(checkout, 1)` puts the tea house as it was at first into a scratch copy of the checkout, `lay(checkout, 3)` as it is two upgrades
later. docs/modules.md tells the same story in words.
"""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent

_INIT = '''
"""A tea house."""

from . import checks, house  # noqa: F401
'''

_SCHEMA = """
create table tea_pot (number varchar primary key, leaf varchar not null, grams integer not null, price decimal(18,2) not null);
"""

_IMPORTS = '''
"""Brewing."""

from decimal import Decimal
from typing import Annotated

from ...kernel.command import VISITOR, command, query
from ...kernel.doing import Doing
from ...kernel.rules import upcast
from ...kernel.table import Table
from ...kernel.values import Ask, Count, Flag, Line


def price_of(do, leaf):
    return next(Decimal(r["price"]) for r in do.scenario.rows("teas") if r["leaf"] == leaf)


def pour(do, leaf, grams, price):
    number = do.number("TP")
    do.execute("insert into tea_pot values ($number, $leaf, $grams, $price)", number=number, leaf=leaf, grams=grams, price=price)
    return {"number": number, "price": price}


@query("TEA002", role=VISITOR, title=("看茶", "Look at the pots"))
def pots(do: Doing) -> Table:
    """What was brewed: number, leaf, grams, price (CNY)."""
    return do.table("select number, leaf, grams, price from tea_pot order by number")
'''

_BREW_1 = '''
@command("TEA001", role=VISITOR, title=("泡茶", "Brew"))
def brew(do: Doing, tea: Annotated[Line, Ask("茶", "Tea")], strong: Annotated[Flag, Ask("浓", "Strong")] = False) -> dict:
    """Brews a pot: strong is 8 g, else 4 g."""
    return pour(do, tea, 8 if strong else 4, price_of(do, tea))
'''

# Rules 2: how strong is said in grams. The same meaning, another spelling.
_BREW_2 = '''
@command("TEA001", "TEA003", role=VISITOR, title=("泡茶", "Brew"))
def brew(do: Doing, tea: Annotated[Line, Ask("茶", "Tea")], grams: Annotated[Count, Ask("克", "Grams", ge="1", le="20")] = 4) -> dict:
    """Brews a pot of so many grams."""
    return pour(do, tea, grams, price_of(do, tea))
'''
_UPCAST_2 = """
@upcast("tea.brew", before=2)
def _in_grams(given):
    return {"tea": given["tea"], "grams": 8 if given.get("strong") else 4}
"""
_CUP = '''
@command(role=VISITOR, title=("取杯", "Take a cup"))
def cup(do: Doing) -> str:
    """The cup that the house gives."""
    return do.scenario.rows("cups")[0]["cup"]
'''

# Rules 3: the command has another name and another argument, which is spelling; and it costs by the gram, which is meaning.
_BREW_3 = '''
@command("TEA001", "TEA003", role=VISITOR, title=("上茶", "Serve"))
def serve(do: Doing, leaf: Annotated[Line, Ask("茶叶", "Leaf")], grams: Annotated[Count, Ask("克", "Grams", ge="1", le="20")] = 4) -> dict:
    """Serves a pot of so many grams, at the price of 4 g for every 4 g."""
    price = price_of(do, leaf)
    return pour(do, leaf, grams, price if do.rules < 3 else price * grams / 4)
'''
_UPCAST_3 = """
@upcast("tea.brew", before=3, now="tea.serve")
def _served(given):
    return {"leaf": given["tea"], "grams": given["grams"]}
"""

_CHECKS = '''
"""What each task must show."""

from ...kernel.evidence import check

check("TEA001", done=lambda seen: seen.did("tea.COMMAND"))
check("TEA002", done=lambda seen: seen.looked_up("tea.pots"))
'''
_CHECK_3 = """
check("TEA003", done=lambda seen: seen.look.value("select 1 from tea_pot where grams > 6"))
"""

_SCENARIO = """
start = 2026-09-01
modules = ["tea"]
prologue = ["email.cast"]
tasks = [TASKS]

[title]
zh = "茶馆"
en = "The tea house"
"""

#: The rules of each release, its command, the tasks that its scenario counts, and its data.
RELEASES = {
    1: ("brew", _BREW_1, '"TEA001", "TEA002"', {"teas": "leaf,price\noolong,12.00\n"}),
    2: ("brew", _BREW_2 + _UPCAST_2 + _CUP, '"TEA001", "TEA002", "TEA003"', {"teas": "leaf,price\noolong,15.00\n", "cups": "cup\ngaiwan\n"}),
    3: ("serve", _BREW_3 + _UPCAST_2 + _UPCAST_3 + _CUP, '"TEA001", "TEA003"', {"teas": "leaf,price\noolong,15.00\n", "cups": "cup\nmug\n"}),
}


def replace(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text, f"{file} has no {old!r}"
    file.write_text(text.replace(old, new), "utf-8")


def write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text.lstrip("\n"), "utf-8")


def task(code: str, command: str) -> str:
    """The texts of a task, as short as they can be; its one goal is `done`."""
    return dedent(f"""
        [{code}]
        steps = [{{ do = "{command}", zh = "做", en = "Do it" }}]
        [{code}.zh]
        title = "任务"
        goal = "做一次。"
        hint = "做。"
        [{code}.en]
        title = "A task"
        goal = "Do it once."
        hint = "Do it."
        [{code}.goals]
        done = {{ points = 2, zh = "做过了", en = "It is done" }}
    """)


def lay(checkout: Path, release: int) -> None:
    """Writes the tea house of that release into a copy of the checkout, with its scenario, its data and the rules it came with."""
    command, house, tasks, data = RELEASES[release]
    place = checkout / "ecomlab" / "modules" / "tea"
    if release == 1:
        replace(checkout / "ecomlab" / "modules" / "__init__.py", '")\n#: Those whose', '", "tea")\n#: Those whose')
    else:
        replace(checkout / "ecomlab" / "kernel" / "rules.py", f"RULES = {release - 1}", f"RULES = {release}")
    write(place / "__init__.py", _INIT)
    write(place / "package.toml", f'needs = ["email"]\ndata = {json.dumps(list(data))}\n')
    write(place / "schema.sql", _SCHEMA)
    write(place / "house.py", "\n\n".join((_IMPORTS, house)))
    write(place / "checks.py", _CHECKS.replace("COMMAND", command) + (_CHECK_3 if release > 1 else ""))
    of_command = {"TEA001": f"tea.{command}", "TEA002": "tea.pots", **({"TEA003": f"tea.{command}"} if release > 1 else {})}
    write(place / "tasks.toml", "".join(task(code, name) for code, name in of_command.items()))
    write(checkout / "data" / "scenarios" / "tea.toml", _SCENARIO.replace("TASKS", tasks))
    for name, text in data.items():
        write(checkout / "data" / f"{name}.csv", text)
