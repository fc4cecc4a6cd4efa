"""The parts of a market made on the machines behind a Dask scheduler.

They need ecomlab and no folder of ours: a part's lines travel there and its files travel back, so this machine alone has the market. A machine with
other code or another DuckDB would write other files, and is refused.
"""

from __future__ import annotations

import functools
import hashlib
import itertools
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from ..kernel.refusals import refusal
from .truth import Truth

#: Parts under way for each core of the cluster: one that is made and one that waits there, so that lines and files never fill a memory.
AHEAD = 2

OTHER_MAKER = refusal(
    "other_maker",
    "集群上的 ecomlab 或 DuckDB 与这里的版本不同，写出的文件会不同。请在各台机器上安装同一版本。",
    "The cluster has another version of ecomlab or DuckDB than this machine, and would write other files. Install the same versions on all of them.",
)

#: Makes one part: `simulate.make_part`.
Maker = Callable[[Truth, int, Path, Path | None, Path], int]


@functools.cache
def maker() -> str:
    """A digest of what decides the files: the code of this room, and DuckDB's and numpy's versions."""
    import duckdb
    import numpy

    code = b"".join(file.read_bytes() for file in sorted(Path(__file__).parent.glob("*.py")))
    return hashlib.sha256(code + f"{duckdb.__version__} {numpy.__version__}".encode()).hexdigest()


def on_cluster(client: Any, make: Maker, truth: Truth, parts: Sequence[int], out: Path, truth_to: Path | None, making: Path) -> Iterator[int]:
    """Numbers of the parts, as each is made elsewhere and written here. client: of the scheduler (`kernel.scheduler`). Refuses 'other_maker'."""
    if not parts:
        return
    from distributed import as_completed

    def sent(part: int) -> Any:
        lines = making / f"{part}.lines"
        return client.submit(_made, make, maker(), truth, part, lines.read_bytes() if lines.exists() else b"", bool(truth_to), pure=False)

    waiting = iter(parts)
    first = list(itertools.islice(waiting, AHEAD * max(1, sum(client.nthreads().values()))))
    under_way: Any = as_completed([sent(part) for part in first], loop=client.loop, with_results=True)  # type: ignore[no-untyped-call]
    for _, answer in under_way:
        if answer is None:
            raise OTHER_MAKER("scheduler")
        part, files = answer
        for name, content in files.items():
            _write(truth_to if name.startswith("truth/") and truth_to else out, name.partition("/")[2], content)
        (making / f"{part}.done").touch()
        yield part
        if (another := next(waiting, None)) is not None:
            under_way.add(sent(another))


def _write(folder: Path, name: str, content: bytes) -> None:
    """A file appears whole or not at all."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_bytes(content)
    fresh.replace(path)


def _made(make: Maker, theirs: str, truth: Truth, part: int, lines: bytes, tells: bool) -> tuple[int, dict[str, bytes]] | None:
    """On a machine of the cluster: the files of a part by name, those of the data below "out" and of the truth below "truth"; None where the code is other."""
    if theirs != maker():
        return None
    with tempfile.TemporaryDirectory(prefix="ecomlab-market-") as name:
        top = Path(name)
        (top / "making").mkdir()
        (top / "making" / f"{part}.lines").write_bytes(lines)
        make(truth, part, top / "out", top / "truth" if tells else None, top / "making")
        files = [f for kind in ("out", "truth") for f in (top / kind).rglob("*.parquet")]
        return part, {f.relative_to(top).as_posix(): f.read_bytes() for f in files}
