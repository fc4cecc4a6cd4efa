"""SECURITY.md names a test for each promise: the tests are there."""

from __future__ import annotations

import ast
import re

from tests.worlds import ROOT


def test_each_promise_names_tests_that_are_there() -> None:
    text = (ROOT / "SECURITY.md").read_text("utf-8")
    named = set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", text))
    assert len(named) > 20
    missing = []
    for file, name in sorted(named):
        there = {node.name for node in ast.parse((ROOT / file).read_text("utf-8")).body if isinstance(node, ast.FunctionDef)}
        missing += [f"{file}::{name}"] * (name not in there)
    assert missing == []
    rows = [line for line in text.split("## Promises")[1].splitlines() if line.startswith("| ") and "| promise |" not in line]
    assert [row for row in rows if "::test_" not in row] == [], "a promise without a test"
