"""The chain of a document as a diagram: every document a box, every link drawn, a box that opens, nothing unescaped."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import Any

import pytest

from ecomlab.kernel.table import Table
from ecomlab.lab import Lab
from ecomlab.widgets import Trace, tracing
from tests import worlds

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    return worlds.opened(tmp_path_factory.mktemp("traced"), worlds.model("b2b"))


def last(lab: Lab, kind: str) -> str:
    return str(lab.world.state.look.value("select max(number) from document where kind = $k", k=kind))


def boxes(text: str) -> dict[str, Any]:
    return {g.get("data-number"): g for g in ET.fromstring(text).iter(f"{SVG}g")}


def test_every_document_is_a_box_right_of_the_one_it_follows_from(settled: Lab) -> None:
    chain = settled.trace(last(settled, "settlement"))
    places = tracing.places(chain)
    assert set(places) == {r.number for r in chain} and len(set(places.values())) == len(chain), "no two at one place"
    for r in chain:
        if r.parent:
            (column, row), (before, above) = places[r.number], places[r.parent]
            assert column == before + 1 and row >= above
    drawn = boxes(Trace(settled, chain[0].number).view["diagram"])
    assert list(drawn) == [r.number for r in chain]
    links = [p for p in ET.fromstring(Trace(settled, chain[0].number).view["diagram"]).findall(f"{SVG}path") if p.get("fill") == "none"]
    assert len(links) == sum(1 for r in chain if r.parent in places) == len(chain) - 1


@pytest.mark.parametrize(
    ("scenario", "documents"),
    [
        ("b2b", "select number, amount from b2b_settlement"),
        ("b2b", "select s.number, sum(l.revenue + l.tax) from document s join sale_line l on l.document = s.number where s.kind = 'freight_bill' group by 1"),
        ("b2c", "select number, amount from b2c_order where shipped_day is not null"),
    ],
    ids=["bills", "freight bills", "web orders"],
)
def test_the_chain_shows_each_documents_own_amount(scenario: str, documents: str) -> None:
    """However many books it stands in, and however often something was paid on it."""
    lab = worlds.looked_at(scenario)
    stated = {r[0]: r[1] for r in lab.look.all(documents)}
    assert stated
    for number, amount in stated.items():
        assert [r.amount for r in lab.trace(number) if r.number == number] == [amount]


def test_branches_do_not_share_a_row() -> None:
    """Two orders under one contract, the second with two deliveries."""
    columns = ("depth", "number", "kind", "state", "day", "parent", "ledger_entries", "amount")
    tree = [(0, "c", None), (1, "a", "c"), (2, "a1", "a"), (1, "b", "c"), (2, "b1", "b"), (2, "b2", "b")]
    chain = Table(columns, [(depth, n, "purchase_order", "placed", None, parent, None, None) for depth, n, parent in tree])
    assert tracing.places(chain) == {"c": (0, 0), "a": (1, 0), "a1": (2, 0), "b": (1, 1), "b1": (2, 1), "b2": (2, 2)}


def test_a_box_opens_its_document(settled: Lab) -> None:
    face = Trace(settled, last(settled, "settlement"))
    order = settled.trace(face.number)[0].number
    assert [n for n, g in boxes(face.view["diagram"]).items() if g.get("aria-current")] == [face.number]
    face._handle_custom_msg({"do": "open", "number": order}, [])
    assert [n for n, g in boxes(face.view["diagram"]).items() if g.get("aria-current")] == [order]
    assert order in face.view["title"] and order in face.view["parts"][0]["title"]
    face._handle_custom_msg({"do": "open", "number": "'; drop table document"}, [])
    assert face.number == order


def test_what_was_posted_on_a_document_balances_there(settled: Lab) -> None:
    from ecomlab.books import documents

    for kind in ("settlement", "freight_bill"):
        found = documents.postings(settled.world.state.look, last(settled, kind))
        assert len(found) and sum(r.debit for r in found) == sum(r.credit for r in found)


@pytest.mark.parametrize(("language", "said"), [("zh", "结算单"), ("en", "bill")])
def test_it_speaks_both_languages_and_shows_states(settled: Lab, language: Any, said: str) -> None:
    settled.language = language
    view = Trace(settled, last(settled, "settlement")).view
    texts = "".join(ET.fromstring(view["diagram"]).itertext())
    assert said in texts and (re.search("[\u4e00-\u9fff]", texts) is not None) == (language == "zh")


def test_text_is_escaped_and_a_document_that_is_gone_is_told(settled: Lab) -> None:
    columns = ("depth", "number", "kind", "state", "day", "parent", "ledger_entries", "amount")
    drawn = tracing.svg(Table(columns, [(0, "<script>", "<b>", "<i>", None, None, None, None)]), '"', "en", live=True)
    assert "<script>" not in drawn and ET.fromstring(drawn) is not None
    face = Trace(settled, last(settled, "settlement"))
    face.number = "SE-0000-0009"  # as after an undo
    face.refresh()
    assert face.view["face"] == "broken" and "SE-0000-0009" in face.view["text"]


def test_a_notebook_shows_picture_and_table_even_without_a_kernel(settled: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    import IPython.display

    shown: list[Any] = []
    monkeypatch.setattr(IPython.display, "display", lambda data, raw, display_id="": shown.append(data))
    chain = settled.trace(last(settled, "settlement"))
    chain._ipython_display_()
    assert "<svg" in shown[0]["text/html"] and "<table>" in shown[0]["text/html"] and 'role="button"' not in shown[0]["text/html"]
    assert shown[0]["text/plain"] == str(chain) and any("widget-view" in kind for kind in shown[1])
