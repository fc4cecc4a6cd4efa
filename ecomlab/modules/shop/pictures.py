"""Pictures of a sheet's goods, worked on in batches: photographed, watermarked, cut to three sizes, renamed and filed.

What a batch did is read off the pixels of each picture (`drawing.seen`) and kept beside it; the pixels themselves follow from the row, the
watermark and the size, so they are made when they are wanted and never kept. Only an uploaded picture is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypedDict

from ...books import documents, images
from ...kernel.command import command, query
from ...kernel.doing import Doing, Looking
from ...kernel.refusals import refusal
from ...kernel.table import Table
from ...kernel.texts import Text
from ...kernel.values import Ask, Flag, Line, Ref, Upload
from ..b2c.members import own
from . import drawing, logos
from .intake import RowNo, distinct, rows_of, when_pictured
from .kinds import PICTURE_SET, SHEET, SIZES
from .staff import PHOTOGRAPHER

if TYPE_CHECKING:
    from PIL import Image

#: An uploaded picture has at most so many pixels either way.
MOST = 400

NOT_ACCEPTED = refusal(
    "row_not_accepted",
    "第 {row_no} 行已退回供应商，不用拍照。请核对行号。",
    "Row {row_no} was sent back to the supplier, so it needs no picture. Check the number of the row.",
)
MARKED_ALREADY = refusal(
    "marked_already",
    "图片组 {number} 已加水印，不能再换图片。请对其他登记表操作。",
    "The pictures of {number} bear a watermark already and cannot be replaced. Choose another sheet.",
)
BAD_PATTERN = refusal(
    "bad_pattern",
    "命名规则“{pattern}”不可用。请用一个 * 和一个 #，其余只用字母、数字、横线和下划线，例如 *_#。",
    "The pattern {pattern} cannot be used. Enter one * and one #, and else only letters, digits, hyphens and underscores, such as *_#.",
)
NAME_IN_FOLDER = refusal(
    "name_in_folder",
    "文件夹 {folder} 里已有名为 {file_name} 的图片。请先按规格重命名。",
    "The folder {folder} has a picture named {file_name} already. Rename the pictures with their size first.",
)
NOT_RESIZED = refusal(
    "not_resized", "图片组 {number} 还没有 {size} 规格的图片。请先调整尺寸。", "The pictures of {number} have not been cut to {size} yet. Resize them first."
)

_PIXELS = Text("zoom 800、exi 400、bre 120 像素见方", "zoom, exi, bre: 800, 400 and 120 pixels square")
_SIZES = {"zoom": Text("放大图（zoom）", "Large (zoom)"), "exi": Text("展示图（exi）", "Shown (exi)"), "bre": Text("缩略图（bre）", "Small (bre)")}
Size = Annotated[Literal["zoom", "exi", "bre"], Ask("规格", "Size", labels=_SIZES, help=_PIXELS)]

_supplier = "(select m.name from shop_sheet s join member m on m.number = s.supplier where s.number = t.sheet)"
_set = "(select p.*, s.merchant from shop_picture_set p join shop_sheet s on s.number = p.sheet)"
documents.offer("shop.sheets_to_photograph", SHEET, "coded", "photographed", of="shop_sheet", whose="merchant", order="d.number",
                shows="(select name from member where number = t.supplier)")  # fmt: skip
documents.offer("shop.picture_sets", PICTURE_SET, of=_set, whose="merchant", shows=_supplier, order="d.number")
documents.offer("shop.sets_to_mark", PICTURE_SET, "coded", "watermarked", of=_set, whose="merchant", shows=_supplier, order="d.number")
documents.offer("shop.sets_to_resize", PICTURE_SET, "watermarked", "resized", of=_set, whose="merchant", shows=_supplier, order="d.number")
documents.offer("shop.sets_to_file", PICTURE_SET, "resized", "filed", of=_set, whose="merchant", shows=_supplier, order="d.number")


class RowToPhotograph(TypedDict):
    """A row whose goods are photographed."""

    row_no: RowNo


# --- taking pictures ---------------------------------------------------------------------------------------------------------


@command("SHOP003", role=PHOTOGRAPHER, title=("按顺序拍照", "Photograph in order"))
def take_photos(
    do: Doing,
    sheet: Annotated[Ref, Ask("登记表", "Sheet", choose="shop.sheets_to_photograph")],
    rows: Annotated[list[RowToPhotograph], Ask("拍照顺序", "Rows in the order of the photographs")],
) -> dict[str, int]:
    """Photographs the goods of these rows, one after the other; gives how many pictures there are and how many rows still have none.

    A row that has a picture gets a new one. Once every accepted row has one, the pictures bear the codes of their rows.
    """
    document, pictures, known = _to_picture(do, sheet)
    for row_no in distinct([r["row_no"] for r in rows], known, sheet, "rows"):
        _accepted(known[row_no], "rows")
        _keep(do, pictures.number, row_no, "photographed", known[row_no].product, None, do.count("shop_photo"))
    return _counted(do, document, pictures.number)


@command(role=PHOTOGRAPHER, title=("上传图片", "Upload a picture"))
def add_picture(
    do: Doing,
    sheet: Annotated[Ref, Ask("登记表", "Sheet", choose="shop.sheets_to_photograph")],
    row_no: RowNo,
    picture: Annotated[Upload, Ask("图片", "Picture", max=images.MAX_BYTES)],
) -> dict[str, int]:
    """Takes an own picture (PNG, JPEG or GIF, up to 400 pixels either way) for a row; gives how many pictures there are and how many rows have none.

    Refuses a file that is no picture.
    """
    document, pictures, known = _to_picture(do, sheet)
    distinct([row_no], known, sheet, "row_no")
    _accepted(known[row_no], "row_no")
    content = images.accepted_within(picture, "picture", MOST)
    _keep(do, pictures.number, row_no, "uploaded", drawing.seen(drawing.opened(content)).product, content, None)
    return _counted(do, document, pictures.number)


def _to_picture(do: Doing, sheet: str) -> tuple[documents.Document, documents.Document, dict[int, Any]]:
    """A sheet whose pictures may still change: it, its set of pictures, and its rows by number."""
    document, _ = own(do, SHEET, "shop_sheet", sheet, "sheet")
    pictures = documents.find(do, PICTURE_SET, do.value("select number from shop_picture_set where sheet = $n", n=sheet))
    if document.state not in ("coded", "photographed"):
        document.must_allow("photographed", "sheet")
    if pictures.state not in ("raw", "coded"):
        raise MARKED_ALREADY("sheet", number=pictures.number)
    return document, pictures, {r.row_no: r for r in rows_of(do, sheet)}


def _accepted(row: Any, field: str) -> None:
    if row.fault is not None:
        raise NOT_ACCEPTED(field, row_no=row.row_no)


def _keep(do: Doing, pictures: str, row_no: int, origin: str, shows: str, content: str | None, taken: int | None) -> None:
    do.execute(
        """insert into shop_picture values ($set, $row_no, $origin, $shows, $content, $taken, null)
           on conflict do update set origin = excluded.origin, shows = excluded.shows, content = excluded.content, taken = excluded.taken""",
        set=pictures, row_no=row_no, origin=origin, shows=shows, content=content, taken=taken,
    )  # fmt: skip


def _counted(do: Doing, document: documents.Document, pictures: str) -> dict[str, int]:
    when_pictured(do, document)
    row = do.one(
        """select count(p.row_no) as there, count(*) - count(p.row_no) as missing from shop_row r
           left join shop_picture p on p.picture_set = $set and p.row_no = r.row_no where r.sheet = $n and r.fault is null""",
        n=document.number, set=pictures,
    )  # fmt: skip
    return {"pictures": row.there, "without_picture": row.missing}


# --- in batches --------------------------------------------------------------------------------------------------------------


@command("SHOP004", role=PHOTOGRAPHER, title=("批量加水印", "Watermark a batch"))
def watermark(
    do: Doing,
    picture_set: Annotated[Ref, Ask("图片组", "Picture set", choose="shop.sets_to_mark")],
    text: Annotated[Line, Ask("水印文字", "Text of the watermark", max=40)],
    place: Annotated[Literal["top", "bottom"], Ask("位置", "Place", labels={"top": Text("顶部", "Top"), "bottom": Text("底部", "Bottom")})],
    logo: Annotated[Flag, Ask("加店标", "With the logo", help=Text("店标在右上角，可先上传", "In the upper right corner; it can be uploaded before"))] = False,
) -> int:
    """Lays a band with a text over every picture of a set, and the shop's logo if wanted; gives on how many pictures all of it is seen.

    Done again, the new mark replaces the old.
    """
    document, _ = _own(do, picture_set)
    document.must_allow("watermarked", "picture_set")
    do.execute("update shop_picture_set set mark_text = $text, mark_place = $place where number = $n", text=text, place=place, n=picture_set)
    laid = logos.lay_on(do, picture_set, logo)
    banded = 0
    for row in rows(do, picture_set):
        picture = rendered(row)
        band = drawing.seen(picture).band
        banded += bool(band) and (laid is None or drawing.bears(picture, laid))
        do.execute("update shop_picture set band = $band where picture_set = $n and row_no = $row_no", band=band, n=picture_set, row_no=row.row_no)
    document.move_to("watermarked", "picture_set")
    return banded


@command("SHOP005", role=PHOTOGRAPHER, title=("批量调整尺寸", "Resize a batch"))
def resize(do: Doing, picture_set: Annotated[Ref, Ask("图片组", "Picture set", choose="shop.sets_to_resize")], size: Size) -> int:
    """Makes a copy of every picture of a set in one of the three sizes; gives their number. With all three sizes the set is resized."""
    document, row = _own(do, picture_set)
    if document.state not in ("watermarked", "resized"):
        document.must_allow("resized", "picture_set")
    there = list(rows(do, picture_set))
    do.execute("delete from shop_picture_file where picture_set = $n and picture_size = $size", n=picture_set, size=size)
    for r in there:
        seen = drawing.seen(drawing.sized(rendered(r), size))
        do.execute(
            "insert into shop_picture_file values ($n, $row_no, $size, $width, $height, $band, $scanned, $name, null)",
            n=picture_set, row_no=r.row_no, size=size, width=seen.width, height=seen.height, band=seen.band, scanned=seen.product,
            name=_named(row.pattern, r.code, size),
        )  # fmt: skip
    made = do.value("select count(distinct picture_size) from shop_picture_file where picture_set = $n", n=picture_set)
    if made == len(SIZES) and document.state == "watermarked":
        document.move_to("resized", "picture_set")
    return len(there)


def _named(pattern: str | None, code: str, size: str) -> str:
    return f"{(pattern or '*').replace('*', code).replace('#', size)}.png"


@command("SHOP005", role=PHOTOGRAPHER, title=("批量重命名", "Rename a batch"))
def rename(
    do: Doing,
    picture_set: Annotated[Ref, Ask("图片组", "Picture set", choose="shop.sets_to_file")],
    pattern: Annotated[Line, Ask("命名规则", "Pattern", max=40, help=Text("* 代表商品编码，# 代表规格", "* is the product code, # the size"), example="*_#")],
) -> list[str]:
    """Names all pictures of a set by a pattern: `*` becomes the product code, `#` the size; gives the names. Done again, it replaces the names."""
    document, _ = _own(do, picture_set)
    if document.state not in ("resized", "filed"):
        document.must_allow("filed", "picture_set")
    if pattern.count("*") != 1 or pattern.count("#") != 1 or not re.fullmatch(r"[A-Za-z0-9_*#-]+", pattern):
        raise BAD_PATTERN("pattern", pattern=pattern)
    do.execute("update shop_picture_set set pattern = $pattern where number = $n", pattern=pattern, n=picture_set)
    do.execute(
        """update shop_picture_file f set file_name = replace(replace($pattern, '*', r.code), '#', f.picture_size) || '.png'
           from shop_row r, shop_picture_set s where f.picture_set = $n and s.number = $n and r.sheet = s.sheet and r.row_no = f.row_no""",
        pattern=pattern, n=picture_set,
    )  # fmt: skip
    return [r.file_name for r in do.all("select file_name from shop_picture_file where picture_set = $n order by row_no, picture_size", n=picture_set)]


@command("SHOP006", role=PHOTOGRAPHER, title=("图片归档", "File pictures"))
def file_pictures(
    do: Doing,
    picture_set: Annotated[Ref, Ask("图片组", "Picture set", choose="shop.sets_to_file")],
    size: Size,
    folder: Annotated[Literal["zoom", "exi", "bre"], Ask("文件夹", "Folder", labels=_SIZES)],
) -> int:
    """Puts all pictures of a size into a folder; gives their number. They lie beside the logbook, in shop/. Put elsewhere, they leave the old folder.

    Refuses a name that the folder has already.
    """
    document, _ = _own(do, picture_set)
    if document.state not in ("resized", "filed"):
        raise NOT_RESIZED("picture_set", number=picture_set, size=size)
    there = {r.file_name for r in do.all(
        """select f.file_name from shop_picture_file f join document d on d.number = f.picture_set
           where d.owner = $m and f.folder = $folder and not (f.picture_set = $n and f.picture_size = $size)""",
        m=do.actor, folder=folder, n=picture_set, size=size)}  # fmt: skip
    by_row = {r.row_no: r for r in rows(do, picture_set)}
    files = do.all("select row_no, file_name from shop_picture_file where picture_set = $n and picture_size = $size order by 1", n=picture_set, size=size)
    for f in files:
        if f.file_name in there:
            raise NAME_IN_FOLDER("folder", folder=folder, file_name=f.file_name)
        do.deliver(f"shop/{folder}/{f.file_name}", _delivered(by_row[f.row_no], size))
    do.execute("update shop_picture_file set folder = $folder where picture_set = $n and picture_size = $size", folder=folder, n=picture_set, size=size)
    left = do.value("select count(*) from shop_picture_file where picture_set = $n and folder is null", n=picture_set)
    if not left and document.state == "resized":
        document.move_to("filed", "picture_set")
    return len(files)


def _delivered(row: Any, size: str) -> Any:
    return lambda: drawing.packed(drawing.sized(rendered(row), size))


@query("SHOP006", role=PHOTOGRAPHER, title=("查看图片", "View the pictures"))
def pictures(do: Doing, picture_set: Annotated[Ref, Ask("图片组", "Picture set", choose="shop.picture_sets")]) -> Table:
    """The pictures of a set as their pixels tell: row_no, code, product_name, origin, picture_size, file_name, width, height, band, scanned, folder.

    A row a size, or one without a size before they are resized. scanned: the GTIN on the picture, where its bar code can be read.
    """
    _own(do, picture_set)
    return do.table(
        """select r.row_no, r.code, r.product_name, p.origin, f.picture_size, f.file_name, f.width, f.height, coalesce(f.band, p.band) as band,
                  coalesce(f.scanned, p.shows) as scanned, f.folder
           from shop_picture_set s join shop_row r using (sheet) join shop_picture p on p.picture_set = s.number and p.row_no = r.row_no
           left join shop_picture_file f on f.picture_set = s.number and f.row_no = r.row_no
           where s.number = $n and r.fault is null order by r.row_no, f.width desc""",
        n=picture_set,
    )


@query(role=PHOTOGRAPHER, title=("查看店标", "See the logo on pictures"))
def logo_seen(do: Doing, picture_set: Annotated[Ref, Ask("图片组", "Picture set", choose="shop.picture_sets")]) -> Table:
    """Whether the logo that was laid on a set is seen on its pictures, by their pixels: row_no, code, picture_size, logo_seen.

    A row a size, or one without a size before they are resized. A set without a logo has no rows.
    """
    _own(do, picture_set)
    cut = [r.picture_size for r in do.all("select distinct picture_size from shop_picture_file where picture_set = $n", n=picture_set)]
    sizes: list[Any] = [size for size in SIZES if size in cut] or [None]
    made: list[tuple[Any, ...]] = []
    for row in rows(do, picture_set):
        if (logo := logos.laid_on(do, picture_set)) is None:
            break
        picture = rendered(row)
        made += [(row.row_no, row.code, size, drawing.bears(drawing.sized(picture, size) if size else picture, logo)) for size in sizes]
    return Table(("row_no", "code", "picture_size", "logo_seen"), made)


# --- a picture as it is ------------------------------------------------------------------------------------------------------


def _own(do: Doing, picture_set: str) -> tuple[documents.Document, Any]:
    document = documents.find(do, PICTURE_SET, picture_set, "picture_set", owner=do.actor)
    return document, do.one("select * from shop_picture_set where number = $n", n=picture_set)


def rows(look: Looking, picture_set: str) -> Iterator[Any]:
    """The accepted rows of a set with what their pictures are made of, and the name of the goods that are on each (a check digit may be wrong)."""
    yield from look.all(
        """select r.row_no, r.code, p.shows, p.content, s.mark_text, s.mark_place, g.content as logo, coalesce(o.product_name, r.product_name) as shown
           from shop_picture_set s join shop_row r using (sheet) join shop_picture p on p.picture_set = s.number and p.row_no = r.row_no
           left join shop_mark_logo g on g.picture_set = s.number
           left join shop_row o on o.sheet = s.sheet and substr(o.product, 1, 12) = substr(p.shows, 1, 12)
           where s.number = $n and r.fault is null order by r.row_no""",
        n=picture_set,
    )


def rendered(row: Any) -> Image.Image:
    """A picture at its full size, with its watermark, from a row (shows, shown, content, mark_text, mark_place, logo)."""
    picture = drawing.opened(row.content) if row.content else drawing.photo(row.shown, row.shows)
    if not row.mark_place:
        return picture
    made = drawing.marked(picture, row.mark_text, row.mark_place)
    return drawing.with_logo(made, drawing.logo_of(row.logo)) if row.logo else made


def thumbnails(look: Looking, picture_set: str) -> dict[int, bytes]:
    """The pictures of a set in the smallest size, as PNG files, by row."""
    return {row.row_no: drawing.file_of(drawing.sized(rendered(row), "bre")) for row in rows(look, picture_set)}
