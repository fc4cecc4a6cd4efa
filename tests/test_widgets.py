"""The faces as the kernel sees them: what is drawn for every task, and what comes of what a student sends."""

from __future__ import annotations

import asyncio
import json
import os
import re
import struct
import subprocess
import sys
import zlib
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, TypedDict

import pytest

import ecomlab
from ecomlab.dashboards import style
from ecomlab.kernel import command
from ecomlab.kernel.command import COMMANDS
from ecomlab.kernel.refusals import Refusal
from ecomlab.kernel.shelf import FOLDER
from ecomlab.kernel.table import Table
from ecomlab.kernel.tasks import tasks
from ecomlab.kernel.values import Ask, Count, Line, Prose
from ecomlab.lab import Lab
from ecomlab.widgets import Bar, charts, task_form
from ecomlab.widgets.face import Face
from ecomlab.widgets.fields import arguments
from ecomlab.widgets.paper import _table
from ecomlab.widgets.words import WORDS
from tests import worlds
from tests.forms import CHINESE, send, submit

ROOT = Path(ecomlab.__file__).parent.parent
PASSWORD = "correct-horse-7"
pytestmark = pytest.mark.usefixtures("understudied")
GOOD = {"user_name": "chen.mo", "full_name": "陈默", "password": PASSWORD, "confirm": PASSWORD}


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    return opened(tmp_path)


@pytest.fixture(scope="module")
def semester(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    return opened(tmp_path_factory.mktemp("semester"), "semester")


def opened(folder: Path, scenario: str = "email") -> Lab:
    lab = ecomlab.open(folder, student="s1", scenario=scenario)
    lab.language = "en"
    return lab


def everything(face: Face) -> str:
    """All that the widget holds as state of the page or of the notebook."""
    state = {k: v for k, v in face.get_state().items() if k not in ("_esm", "_css")}
    return json.dumps(state, default=str)


#: The scenarios whose tasks are done at their forms in `make test`: the semester has the same tasks again.
AT_FORMS = worlds.each_scenario()


@pytest.mark.parametrize("scenario_name", AT_FORMS)
def test_each_tasks_form_is_drawn_in_both_languages(scenario_name: str) -> None:
    assert {code: seen["drawn"] for code, seen in worlds.seen(scenario_name).items() if seen["drawn"]} == {}


def test_a_form_is_drawn_where_nothing_has_happened_yet(semester: Lab) -> None:
    broken = {}
    for code in semester.codes:
        form = task_form(semester, code)
        if form.view.get("code") != code:
            broken[code] = form.view
        form.close()
    assert broken == {}


@pytest.mark.parametrize("scenario_name", AT_FORMS)
def test_each_task_can_be_done_by_filling_in_its_form(scenario_name: str) -> None:
    seen = worlds.seen(scenario_name)
    assert [code for code, s in seen.items() if not s["typed"]] == [], "nothing of these could be typed in"
    assert {code: s["refused"] for code, s in seen.items() if s["refused"]} == {}
    assert {code: s["lacking"] for code, s in seen.items() if s["lacking"]} == {}


def test_each_problem_is_shown_at_its_field_and_nothing_is_done(lab: Lab) -> None:
    form = task_form(lab, "EMAIL001")
    submit(form, "email.register", {"user_name": "chen.mo", "full_name": " ", "password": "short", "confirm": "other"})
    problems = form.view["form"]["problems"]
    assert set(problems) == {"full_name", "password", "confirm"}
    assert problems["password"].startswith("A password has 8 to 64")
    assert lab.world.entries == [] and form.view["outcome"] is None and form.view["at"] == 0
    lab.language = "zh"
    assert form.view["form"]["problems"]["full_name"] == "请填写此项。"
    submit(form, "email.register", {**GOOD, "user_name": "X"})
    assert set(form.view["form"]["problems"]) == {"user_name"}, "the problems of the attempt before are gone"


def test_all_that_is_wrong_with_a_form_is_said_in_one_round(lab: Lab, tmp_path: Path) -> None:
    """What a field cannot hold, what it must repeat and what another field asks for: together, though a command would find one after the other."""
    form = task_form(lab, "EMAIL001")
    submit(form, "email.register", {"user_name": "李华", "full_name": "", "password": "short", "confirm": "shorter"})
    assert set(form.view["form"]["problems"]) == {"user_name", "full_name", "password", "confirm"}
    bank = ecomlab.open(tmp_path / "bank", student="s1", scenario="ebank")
    applied = {"kind": "enterprise", "common_name": "x", "mailbox": "nobody@ecomlab.test", "province": "x", "city": "x", "country": "china"}
    refused = worlds.refused(lambda: bank.call("ca.apply", **applied))
    assert {p.field for p in refused.problems} == {"mailbox", "country", "organization", "uscc"}
    asked = {"full_name": "x", "mobile": "12", "mailbox": "nobody", "password": "a", "confirm": "a", "pin": "1", "confirm_pin": "1", "agree": False}
    refused = worlds.refused(lambda: bank.call("ebank.register_personal", **asked))
    assert {"mobile", "mailbox", "password", "pin", "agree"} <= {p.field for p in refused.problems}
    assert bank.world.entries == []


def test_a_rule_of_a_field_is_a_field_of_a_command() -> None:
    from ecomlab.kernel.command import RULES_OF_FIELDS

    assert {(name, field) for name, field in RULES_OF_FIELDS if field not in {p.name for p in COMMANDS[name].params}} == set()


def test_a_problem_of_no_field_stands_above_the_form(lab: Lab) -> None:
    form = task_form(lab, "EMAIL004")
    send(form, "step", at=1)
    submit(form, "email.delete", {"item": "ML-0000-0001"})
    assert form.view["form"]["whole"] == ["Only the mailbox owner does this. Sign in as mailbox owner first."]
    assert not form.view["acting"]["ready"]


def test_a_task_whose_role_has_no_session_starts_with_signing_in(lab: Lab) -> None:
    lab.email.register(**GOOD)
    form = task_form(lab, "EMAIL004")
    assert form.view["form"]["command"] == "email.sign_in" and form.view["at"] == 0
    assert form.view["form"]["fields"][0]["options"] == [["chen.mo@ecomlab.test", "chen.mo@ecomlab.test · 陈默"]]
    submit(form, "email.sign_in", {"address": "chen.mo@ecomlab.test", "password": PASSWORD})
    assert form.view["steps"][0]["done"] and form.view["form"]["command"] == "email.delete"
    assert form.view["acting"] == {"text": "Acting as · mailbox owner chen.mo@ecomlab.test", "ready": True}
    assert len(form.view["form"]["fields"][0]["options"]) == 2, "the letters of welcome and of the prize can be chosen"
    assert len(task_form(lab, "EMAIL004").view["steps"]) == 1, "who is signed in is not asked to again"


def test_a_remembered_no_is_shown_like_any_other(lab: Lab) -> None:
    lab.email.register(**GOOD)
    form = task_form(lab, "EMAIL001")
    submit(form, "email.sign_in", {"address": "chen.mo@ecomlab.test", "password": "wrong-horse-7"})
    assert set(form.view["form"]["problems"]) == {"password"}
    assert not form.view["steps"][1]["done"]


def test_no_secret_stays_in_the_widget_or_on_disk(lab: Lab, tmp_path: Path) -> None:
    form = task_form(lab, "EMAIL001")
    for values in ({**GOOD, "user_name": "X"}, GOOD):
        submit(form, "email.register", values)
        assert PASSWORD not in everything(form)
        assert PASSWORD not in repr(vars(form))
    lab.world.close()
    for file in (path for path in tmp_path.rglob("*") if path.is_file()):
        held = file.read_bytes()
        assert PASSWORD.encode() not in (zlib.decompress(held[32:]) if file.parent.name == FOLDER else held), file.name


def test_what_is_typed_outlives_a_refusal_and_another_language(lab: Lab) -> None:
    form = task_form(lab, "EMAIL001")
    typed = {"email.register": {"user_name": "X", "full_name": "陈默"}}
    form.set_state({"drafts": typed})
    submit(form, "email.register", {**GOOD, "user_name": "X"})
    lab.language = "zh"
    assert form.drafts == typed


def test_undo_withdraws_and_takes_the_form_back(lab: Lab) -> None:
    form = task_form(lab, "EMAIL001")
    submit(form, "email.register", GOOD)
    assert form.view["at"] == 1 and form.view["points"] == "1.2"
    send(form, "undo")
    assert form.view["outcome"]["said"] == "Undone: Register a mailbox" and form.view["at"] == 0 and form.view["points"] == "0.0"
    send(form, "undo")
    assert form.view["form"]["whole"] == ["There is nothing to undo yet. Do something first."]


def test_students_text_is_escaped_in_tables(lab: Lab) -> None:
    lab.email.register(**GOOD)
    lab.email.sign_in(address="chen.mo@ecomlab.test", password=PASSWORD)
    lab.email.send(to="chen.mo@ecomlab.test", subject="<img src=x onerror=alert(1)>", body="x")
    form = task_form(lab, "EMAIL002")
    submit(form, "email.folder", {"folder": "inbox"})
    assert "<img" not in form.view["outcome"]["html"] and "&lt;img" in form.view["outcome"]["html"]


def test_a_form_follows_what_another_does_and_rests_when_out_of_sight(lab: Lab) -> None:
    form, other = task_form(lab, "EMAIL001"), task_form(lab, "EMAIL001")
    send(other, "seen", view="a", on=True)
    send(other, "seen", view="a", on=False)
    submit(form, "email.register", GOOD)
    assert other.view["points"] == "0.0", "nobody looks at it"
    send(other, "seen", view="a", on=True)
    assert other.view["points"] == "1.2"


def test_a_fault_in_a_command_is_told_and_the_form_goes_on(lab: Lab, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    form = task_form(lab, "EMAIL001")

    def broken(*args: Any, **given: Any) -> None:
        raise ZeroDivisionError("oops")

    with monkeypatch.context() as patched:
        patched.setattr(lab.world, "call", broken)
        submit(form, "email.register", GOOD)
    assert "ZeroDivisionError: oops" in form.view["form"]["whole"][0]
    assert PASSWORD not in capsys.readouterr().err
    submit(form, "email.register", GOOD)
    assert form.view["outcome"]["said"] == "Register a mailbox"


@pytest.mark.parametrize(
    "content", [None, [], "x", {}, {"do": "nonsense"}, {"do": "submit", "command": "lab.advance"}, {"do": "step", "at": 99}, {"do": "step"}]
)
def test_a_message_that_makes_no_sense_does_nothing(lab: Lab, content: Any) -> None:
    form = task_form(lab, "EMAIL001")
    before = form.view["at"]
    form._handle_custom_msg(content, [])
    assert lab.world.entries == [] and form.view["at"] == before


def test_an_empty_field_is_missing_or_takes_its_default() -> None:
    send_ = COMMANDS["email.send"]
    assert arguments(send_, {"to": "", "subject": "S", "body": " ", "unknown": "x"}) == {"subject": "S"}
    assert arguments(send_, None) == {}


class Item(TypedDict):
    product: Annotated[Line, Ask("商品", "Product")]
    quantity: Annotated[Count, Ask("数量", "Quantity", ge="1")]


def order(do: Any, items: Annotated[list[Item], Ask("明细", "Items")], note: Annotated[Prose, Ask("说明", "Note")] = "") -> None:
    """Orders."""


def test_rows_are_sent_as_a_list_and_a_bad_cell_is_named() -> None:
    made = command.Command("t.order", order, command.VISITOR, WORDS["day"], (), False, order)
    given = arguments(made, {"items": [{"product": "A", "quantity": "2"}, {"product": "", "quantity": ""}, {"product": "B", "quantity": "0"}]})
    assert given == {"items": [{"product": "A", "quantity": "2"}, {"product": "B", "quantity": "0"}]}, "an empty row is no row"
    with pytest.raises(Refusal) as refused:
        made.parse(given)
    (problem,) = refused.value.problems
    assert problem.field == "items" and problem.text.en == "Row 2, Quantity: Must be at least 1." and "第 2 行" in problem.text.zh


# --- the other faces ---


def test_progress_adds_up_and_follows(lab: Lab) -> None:
    face = lab.progress()
    assert face.view["points"] == "0.0" and [t["state"] for t in face.view["modules"][0]["tasks"]][0] == "open"
    lab.email.register(**GOOD)
    assert face.view["points"] == "1.2" and face.view["modules"][0]["tasks"][0]["state"] == "begun"
    assert face.view["out_of"] == f"{sum(t.points for t in tasks(('email',)).values()):.1f}"


def test_the_bar_moves_the_clock_and_speaks_both_languages(lab: Lab) -> None:
    face = Bar(lab)
    form = task_form(lab, "EMAIL001")
    send(face, "advance", days="3")
    assert face.view["day"] == "2026-09-04" == str(lab.day)
    send(face, "advance", days="x")
    assert face.view["problem"] == "Enter a whole number, such as 12." and str(lab.day) == "2026-09-04"
    send(face, "language", language="zh")
    assert lab.language == "zh" and form.view["title"] == "申请电子邮箱" and face.view["problem"].startswith("请填写整数")
    send(face, "language", language="fr")
    assert lab.language == "zh"


def test_what_lists_and_key_ring_offer_is_said_in_one_language(semester: Lab) -> None:
    """Of the laboratory's own names an English reader sees no Chinese half, and no two entries of a list read the same for it."""
    listed = {}
    for name, declared in COMMANDS.items():
        for p in declared.params:
            if semester.world.state.scenario.includes(declared.function) and p.kind == "ref" and p.ask.choose:
                listed[p.ask.choose] = [label for _, label in semester.choices(name, p.name)]
    listed["keys"] = [f"{key['title']} {key['name']}" for key in semester.bar().view["keys"]]
    assert sum(map(len, listed.values())) > 50 and listed["keys"]
    wrong = {(name, said) for name, labels in listed.items() for said in labels if CHINESE.search(said) or labels.count(said) > 1}
    assert wrong == set()


def test_the_key_ring_says_whose_each_number_is(semester: Lab) -> None:
    numbers = [key["name"] for key in semester.bar().view["keys"] if any(c.isdigit() for c in key["name"])]
    assert len(numbers) > 2 and all(" · " in said for said in numbers), numbers


def test_the_bar_ends_sessions(lab: Lab) -> None:
    lab.email.register(**GOOD)
    lab.email.sign_in(address="chen.mo@ecomlab.test", password=PASSWORD)
    face = Bar(lab)
    assert [s["actors"][0]["name"] for s in face.view["sessions"]] == ["chen.mo@ecomlab.test"]
    send(face, "out", role="mail_user", actor="chen.mo@ecomlab.test")
    assert face.view["sessions"] == []


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What was displayed in a notebook, updates in their place."""
    shown: list[dict[str, Any]] = []

    class Handle:
        def update(self, data: dict[str, Any], raw: bool) -> None:
            shown[0] = data

    def display(data: dict[str, Any], raw: bool, display_id: str = "") -> Handle | None:
        shown.append(data)
        return Handle() if display_id else None

    monkeypatch.setattr("IPython.display.display", display)
    return shown


def test_a_notebook_keeps_how_a_task_stood_last_beside_the_live_form(lab: Lab, shown: list[dict[str, Any]]) -> None:
    form = task_form(lab, "EMAIL001")
    form._ipython_display_()
    assert shown[1]["application/vnd.jupyter.widget-view+json"]["model_id"]
    assert "0.0 / 2.0" in shown[0]["text/plain"] and "○" in shown[0]["text/plain"]
    submit(form, "email.register", GOOD)
    submit(form, "email.sign_in", {"address": "chen.mo@ecomlab.test", "password": PASSWORD})
    assert "EMAIL001 Register a mailbox · 2.0 / 2.0" in shown[0]["text/plain"] and "Next task: EMAIL002" in shown[0]["text/plain"]
    assert PASSWORD not in shown[0]["text/html"] and "<script" not in shown[0]["text/html"]
    lab.language = "zh"
    assert "本任务已完成" in shown[0]["text/html"]


def test_a_notebook_keeps_how_a_task_stands_that_is_out_of_sight(lab: Lab, shown: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    """It is drawn once the world rests, so that what is printed or reopened is not how things stood before."""
    monkeypatch.setattr("ecomlab.widgets.face.REST", 0.0)
    form = task_form(lab, "EMAIL001")
    form._ipython_display_()
    send(form, "seen", view="a", on=True)
    send(form, "seen", view="a", on=False)

    async def work() -> None:
        lab.email.register(**GOOD)
        await asyncio.sleep(0.05)

    asyncio.run(work())
    assert "1.2 / 2.0" in shown[0]["text/plain"] and form.view["points"] == "1.2"


def test_a_table_on_paper_has_its_words_to_the_left_whatever_the_page_says() -> None:
    """Pages of notebooks put every cell to the right; only numbers stay there."""
    made = Table(("number", "amount"), [("WO-1", Decimal("2.00"))])
    cells = re.findall(r"<t[dh]\b[^>]*>", _table(made.html("en")))
    assert ["left" in cell for cell in cells] == ["ecl-num" not in cell for cell in cells] == [True, False, True, False]


def test_a_reopened_bar_says_what_to_do(lab: Lab, shown: list[dict[str, Any]]) -> None:
    Bar(lab)._ipython_display_()
    assert "run its cells from the top" in shown[0]["text/html"] and "2026-09-01" in shown[0]["text/plain"]


def test_words_and_places_agree_in_both_languages() -> None:
    for name, text in WORDS.items():
        assert CHINESE.search(text.zh) or name == "enter", name
        assert not CHINESE.search(text.en), name
        assert sorted(re.findall(r"\{\w+\}", text.zh)) == sorted(re.findall(r"\{\w+\}", text.en)), name


# --- charts ---


def example(figure: Any, language: str = "zh") -> None:
    axes = figure.subplots()
    axes.bar(["江南商贸", "懋鑫百货"] if language == "zh" else ["Jiangnan", "Daxin"], [148200, 104910])
    axes.set_title("应收账款，元" if language == "zh" else "Receivables, CNY")


def test_a_chart_is_the_same_png_every_time_and_carries_no_date() -> None:
    first, second = style.png(example), style.png(example)
    assert first == second and first.startswith(b"\x89PNG")
    assert struct.unpack(">II", first[16:24]) == (int(6.4 * style.DPI), int(3.6 * style.DPI))
    assert b"tEXt" not in first and b"tIME" not in first


def test_charts_leave_matplotlib_as_it_was() -> None:
    code = """if True:
        import matplotlib, sys
        family = list(matplotlib.rcParams["font.family"])
        from ecomlab.dashboards import style
        style.png(lambda figure: figure.subplots().plot([1, 2]))
        assert matplotlib.rcParams["font.family"] == family
        assert "matplotlib.pyplot" not in sys.modules"""
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ, "PYTHONPATH": str(ROOT)})


def test_a_chart_follows_the_language(lab: Lab) -> None:
    from ecomlab.kernel.texts import Text

    chart = charts.Chart(lab, example, Text("两家客户的应收账款", "Receivables of two customers"))
    english = chart.png
    assert chart.view["alt"] == "Receivables of two customers"
    lab.language = "zh"
    assert chart.png != english and chart.view["alt"] == "两家客户的应收账款"


def test_the_fonts_can_write_all_that_the_laboratory_says() -> None:
    """No boxes: matplotlib finds every character of our own texts, and all of GB 2312, in the chart's families."""
    from fontTools.ttLib import TTFont

    fonts = sorted((ROOT / "data" / "fonts").glob("*.otf"))
    assert [f.stat().st_size < 1_000_000 for f in fonts] == [True, True] and (ROOT / "data" / "fonts" / "OFL.txt").is_file()
    known = {chr(c) for f in fonts for c in TTFont(f, lazy=True).getBestCmap()}
    level = {bytes([high, low]).decode("gb2312", "ignore") for high in range(0xB0, 0xF8) for low in range(0xA1, 0xFF)}
    said = {c for kind in ("*.toml", "*.csv", "*.py") for f in [*(ROOT / "ecomlab").rglob(kind), *(ROOT / "data").rglob(kind)] for c in f.read_text("utf-8")}
    assert {c for c in said if CHINESE.match(c)} - known == set()
    assert set("".join(level)) <= known


def test_no_glyph_is_missing_from_a_chart(recwarn: pytest.WarningsRecorder) -> None:
    style.png(example)
    assert [str(w.message) for w in recwarn if "missing from" in str(w.message)] == []


def test_comm_messages_come_to_the_main_thread() -> None:
    comm = pytest.importorskip("ipykernel.comm.comm")
    if not hasattr(comm.BaseComm, "_reply_subshell_for"):
        pytest.skip("this ipykernel has no such routing")
    assert comm.BaseComm._reply_subshell_for(object(), {}, "subshell-1") is None


# --- what comes first ---------------------------------------------------------------------------------------------------------

def test_a_card_that_cannot_be_done_yet_names_the_task_that_comes_first(lab: Lab) -> None:
    from ecomlab.kernel.plays import PLAYS

    lab.language = "en"
    form = task_form(lab, "EMAIL003")
    assert form.view["first"]["text"] == "First do the task EMAIL001: Register a mailbox." and form.view["first"]["code"] == "EMAIL001"
    assert form.still().count("Register a mailbox") == 1, "on paper it is said once"
    lab.language = "zh"
    form._draw_now()
    assert "EMAIL001" in form.view["first"]["text"] and form.view["first"]["text"].startswith("请先完成任务")
    assert not task_form(lab, "EMAIL001").view["first"]
    PLAYS["EMAIL001"](lab.player())
    form._draw_now()
    assert not form.view["first"]
