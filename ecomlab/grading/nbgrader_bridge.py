"""What keeps an nbgrader course of ours whole: submitted notebooks are put right before they are executed.

Points that count come from replay (`ecomlab grade --gradebook`). nbgrader's own run is for practice and feedback, and
one student's notebook must neither stop it for the others nor lack the cells that tell a student what is missing.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import HTMLExporter
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor

from ..kernel.logbook import ATTEMPTS, LOGBOOK
from ..kernel.shelf import FOLDER

_FORMAT: Any = nbformat  # its functions carry no annotations
#: What a world keeps beside its notebook. It belongs to whoever worked there and is never handed out with an assignment.
WORLD_FILES = (LOGBOOK, f".{LOGBOOK}.lock", ATTEMPTS, "preferences.json")


class RestoreCells(NbGraderPreprocessor):  # type: ignore[misc]
    """Gives a submitted notebook back the cells of the assignment, each once, with nbgrader's data as released.

    nbgrader 0.9 stops the whole batch at a copied cell or at damaged metadata, skips a cell tagged `skip-execution`
    (which then earns full points), and its own `add_missing_cells` fails where the cell above is a read-only one.
    To be placed before `DeduplicateIds` among the sanitizing preprocessors of `Autograde`.
    """

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        where = resources["nbgrader"]
        with Gradebook(where["db_url"]) as book:
            notebook = book.find_notebook(where["notebook"], where["assignment"])
            points = {c.name: c.max_score for c in notebook.grade_cells}
            answers = {c.name for c in notebook.solution_cells}
            released = {c.name: _released(c, points.get(c.name), c.name in answers) for c in notebook.source_cells}
        self._sort_out(nb, released)
        self._put_back(nb, released)
        return nb, resources

    def _sort_out(self, nb: Any, released: dict[str, Any]) -> None:
        """Leaves nbgrader's data on the first cell of each name only, as released; everything else is the student's own."""
        seen = set()
        for cell in nb.cells:
            cell.metadata.pop("tags", None)
            data = cell.metadata.pop("nbgrader", None)
            name = data.get("grade_id") if isinstance(data, dict) else None
            if not isinstance(name, str) or name not in released or name in seen:
                if data is not None:
                    self.log.warning("The cell %r is a copy or unknown; it is taken as the student's own", name)
                continue
            seen.add(name)
            cell.metadata["nbgrader"] = _FORMAT.from_dict(dict(released[name].metadata["nbgrader"]))

    def _put_back(self, nb: Any, released: dict[str, Any]) -> None:
        """Inserts each missing cell behind the one that it followed."""
        position = {c.metadata["nbgrader"]["grade_id"]: c for c in nb.cells if "nbgrader" in c.metadata}
        at = 0
        for name, cell in released.items():
            if name in position:
                at = next(i for i, c in enumerate(nb.cells) if c is position[name]) + 1
                continue
            self.log.warning("The cell %r is missing; it is put back", name)
            nb.cells.insert(at, cell)
            at += 1

    def preprocess_cell(self, cell: Any, resources: Any, index: int) -> tuple[Any, Any]:
        return cell, resources


class FeedbackExporter(HTMLExporter):
    """nbgrader's page of feedback, as a student reads it: the contents name the tasks, which nbgrader calls a test cell each, columns of tables do not
    touch, and nothing asks to run cells, since behind a page there is no kernel."""

    def from_notebook_node(self, nb: Any, resources: Any = None, **given: Any) -> Any:
        """The page and nbconvert's resources."""
        page, resources = super().from_notebook_node(nb, resources, **given)
        named = re.sub(r'(<a href="#(\w+)">)Test cell</a>', r"\1\2</a>", str(page))
        apart = named.replace("</head>", "<style>td, th { padding: 2px 8px; }</style></head>", 1)
        return re.sub(r'<div[^>]* class="ecl-to-run".*?</div>', "", apart), resources


def _released(source: Any, points: float | None, answer: bool) -> Any:
    """A cell as it was released, from the gradebook's source cell."""
    data = {
        "schema_version": 3,
        "grade": points is not None,
        "locked": source.locked,
        "solution": answer,
        "task": False,
        "grade_id": source.name,
        "cell_type": source.cell_type,
        "checksum": source.checksum,
        **({"points": points} if points is not None else {}),
    }
    made = _FORMAT.v4.new_code_cell if source.cell_type == "code" else _FORMAT.v4.new_markdown_cell
    return made(source.source, metadata={"nbgrader": data})


def keep_worlds_home(assignment: str = "", **_: object) -> None:
    """Removes from a generated assignment the world of the teacher who tried it; a `GenerateAssignment.post_convert_hook`.

    nbgrader copies everything beside a notebook, and a released logbook would make every student a guest in it.
    """
    for name in WORLD_FILES:
        Path("release", assignment, name).unlink(missing_ok=True)
    shutil.rmtree(Path("release", assignment, FOLDER), ignore_errors=True)
