"""Makes the fonts of this folder: Noto Sans CJK SC cut down to GB 2312, so that charts can write Chinese anywhere.

    python data/fonts/subset.py NotoSansCJK-Regular.ttc     (from the Debian package fonts-noto-cjk)

Two files, each below one megabyte: the 3,755 common characters of level 1 with punctuation, kana and signs, and the
3,008 rarer ones of level 2. Needs fonttools. The SIL Open Font License (OFL.txt) asks for another name: see NAMES.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTCollection, TTFont

NAMES = {"EcomlabSansSC-Regular.otf": "Ecomlab Sans SC", "EcomlabSansSC2-Regular.otf": "Ecomlab Sans SC 2"}
SIGNS = "·—–‘’“”…¥€×÷±≤≥→←↑↓▲▼✓○●★☆‰℃°½¼¾"


def rows(first: int, last: int) -> set[str]:
    """The characters in these rows of GB 2312."""
    found = set()
    for row in range(first, last + 1):
        for cell in range(1, 95):
            try:
                found.add(bytes([0xA0 + row, 0xA0 + cell]).decode("gb2312"))
            except UnicodeDecodeError:
                continue
    return found


def cut(source: str, characters: set[str], family: str) -> TTFont:
    font = next(f for f in TTCollection(source).fonts if f["name"].getDebugName(1) == "Noto Sans CJK SC")
    options = subset.Options(hinting=False, layout_features=[], name_IDs=["*"], notdef_outline=True, recalc_timestamp=False)
    options.drop_tables += ["BASE", "DSIG", "GDEF", "GPOS", "GSUB", "VORG", "vhea", "vmtx"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[ord(c) for c in characters])
    subsetter.subset(font)
    postscript = family.replace(" ", "") + "-Regular"
    named = {1: family, 2: "Regular", 3: postscript, 4: family, 6: postscript, 10: "A subset of Noto Sans CJK SC, renamed as the licence asks."}
    names = font["name"]
    names.names = [n for n in names.names if n.nameID in (0, 5, 7, 11, 13, 14) and n.langID in (0, 0x409)]
    for number, text in named.items():
        names.setName(text, number, 3, 1, 0x409)
    cff = font["CFF "].cff
    cff.fontNames = [postscript]
    top = cff.topDictIndex[0]
    top.FullName, top.FamilyName = family, family
    font.recalcTimestamp = False
    return font


if __name__ == "__main__":
    parts = (rows(1, 9) | rows(16, 55) | {chr(c) for c in range(0x20, 0x7F)} | set(SIGNS), rows(56, 87))
    for (file, family), characters in zip(NAMES.items(), parts, strict=True):
        target = Path(__file__).with_name(file)
        cut(sys.argv[1], characters, family).save(target)
        print(target.name, target.stat().st_size, "bytes")
