"""Which sets this version reads: those that it can make itself."""

from __future__ import annotations

from pathlib import Path

from ..kernel.foreign import from_json
from ..kernel.refusals import refusal

#: Of the layout of a market's tables; raised when one of them means something else than before.
LAYOUT = 7

OTHER_VERSION = refusal(
    "other_version",
    "“{path}”是用另一版本的 ecomlab 生成的（数据格式 {theirs}，本版本为 {ours}）。请用本版本重新生成。",
    "{path} was made by another version of ecomlab (layout {theirs}; this version reads {ours}). Make it again with this version.",
)
UNFINISHED = refusal(
    "unfinished_market",
    "“{path}”里的市场还没有生成完。请用同样的参数再运行一次 ecomlab simulate，它会接着做；或者删除该文件夹。",
    "The market in {path} is not finished. Run ecomlab simulate once more with the same arguments and it goes on, or delete the folder.",
)


def readable(folder: Path) -> None:
    """Refuses 'unfinished_market' and 'other_version' where the folder is a market that cannot be read; a folder of another's making is none."""
    if (folder / ".making").exists():
        raise UNFINISHED("source", path=folder)
    path = folder / "market.json"
    if not path.exists():
        return
    try:
        theirs = from_json(path.read_text("utf-8")).get("layout")
    except (ValueError, AttributeError):
        theirs = "?"
    if theirs != LAYOUT:
        raise OTHER_VERSION("source", path=folder, theirs=theirs, ours=LAYOUT)
