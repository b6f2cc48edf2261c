"""Sound returns spoilt by chance: in their cells, pages and letters, in their zip, in their XML, in their bytes.

The same seed and number give the same mutant. What is made of it is the affair of `fuzz`.
"""

import io
import struct
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random

from bench.books import Book, Rows, opened, written
from bench.naughty import NAUGHTY


@dataclass(frozen=True)
class Mutant:
    """One spoilt file: from which sound one, and what was done to it, in that order."""

    number: int
    source: str
    done: tuple[str, ...]
    data: bytes


def mutant(seed: int, number: int, sources: Sequence[Path]) -> Mutant:
    """Return the mutant of this number."""
    chance = Random(f"{seed}:{number}")  # noqa: S311 (the same spoils each time)
    source = chance.choice(sources)
    is_of_pages, is_of_file = chance.choices([(True, False), (False, True), (True, True)], [62, 30, 8])[0]
    done: list[str] = []
    book = opened(source).copy()
    if is_of_pages:
        for _ in range(chance.choice((1, 1, 1, 2, 3))):
            done.append(_spoil_pages(book, chance))
    data = written(book) if is_of_pages else source.read_bytes()
    if is_of_file:
        name = chance.choice(list(_OF_FILES))
        done.append(name)
        data = _OF_FILES[name](data, chance)
    return Mutant(number, source.name, tuple(done), data)


# --- cells and pages --------------------------------------------------------------------------------------------------


def _spoil_pages(book: Book, chance: Random) -> str:
    weights = [_CELLS_COUNT if name in _OF_CELLS else 1 for name in _OF_PAGES]
    name = chance.choices(list(_OF_PAGES), weights)[0]
    page = chance.choice(list(book.pages)) if book.pages else ""
    if page:
        _OF_PAGES[name](book, page, chance)
    return f"{name} ({page})"


def _place(rows: Rows, chance: Random, first: int = 0) -> tuple[int, int] | None:
    """Return a place in the rows from `first` on; most often one that is filled."""
    places = [(row, at) for row in range(first, len(rows)) for at in range(len(rows[row]))]
    filled = [(row, at) for row, at in places if rows[row][at] is not None]
    return chance.choice(filled if filled and chance.random() < 0.9 else places) if places else None


def _put(book: Book, page: str, chance: Random, make: Callable[[object], object]) -> None:
    """Spoil a few cells below the heading."""
    for _ in range(chance.choice((1, 1, 2, 5, 20))):
        place = _place(book.pages[page], chance, first=1)
        if place:
            row, at = place
            book.pages[page][row][at] = make(book.pages[page][row][at])  # type: ignore[call-overload]


def _on_cells(make: Callable[[object, Random], object]) -> Callable[[Book, str, Random], None]:
    return lambda book, page, chance: _put(book, page, chance, lambda value: make(value, chance))


def _other_type(value: object, chance: Random) -> object:
    others: list[object] = [
        str(value),
        f" {value} ",
        45_000,
        1.5,
        -1,
        True,
        date(2026, 9, 1),
        f"'{value}",
        f"{value}.0",
        1e15,
    ]
    return chance.choice(others)


def _drop_rows(book: Book, page: str, chance: Random) -> None:
    rows = book.pages[page]
    for _ in range(min(chance.choice((1, 2, 10)), len(rows))):
        del rows[chance.randrange(len(rows))]


def _double_rows(book: Book, page: str, chance: Random) -> None:
    rows = book.pages[page]
    for _ in range(chance.choice((1, 2, 10)) if rows else 0):
        rows.insert(chance.randrange(len(rows) + 1), list(chance.choice(rows)))


def _blank_rows(book: Book, page: str, chance: Random) -> None:
    for _ in range(chance.choice((1, 3, 40))):
        book.pages[page].insert(chance.randrange(len(book.pages[page]) + 1), [])


def _titles(book: Book, page: str, chance: Random) -> None:
    book.pages[page][:0] = [[chance.choice(NAUGHTY)] for _ in range(chance.choice((1, 2, 19, 20, 25)))]


def _width(rows: Rows) -> int:
    return max(map(len, rows), default=0)


def _drop_column(book: Book, page: str, chance: Random) -> None:
    rows = book.pages[page]
    at = chance.randrange(_width(rows) or 1)
    book.pages[page] = [row[:at] + row[at + 1 :] for row in rows]


def _double_column(book: Book, page: str, chance: Random) -> None:
    rows = book.pages[page]
    at = chance.randrange(_width(rows) or 1)
    book.pages[page] = [[*row[: at + 1], *row[at:]] for row in rows]


def _shift_column(book: Book, page: str, chance: Random) -> None:
    at = chance.randrange(_width(book.pages[page]) or 1)
    book.pages[page] = [[*row[:at], None, *row[at:]] if number else row for number, row in enumerate(book.pages[page])]


def _shuffle_columns(book: Book, page: str, chance: Random) -> None:
    order = list(range(_width(book.pages[page])))
    chance.shuffle(order)
    book.pages[page] = [[row[at] if at < len(row) else None for at in order] for row in book.pages[page]]


def _shuffle_rows(book: Book, page: str, chance: Random) -> None:
    chance.shuffle(book.pages[page])


def _swap_cells(book: Book, page: str, chance: Random) -> None:
    rows = book.pages[page]
    one, other = _place(rows, chance), _place(rows, chance)
    if one and other:
        (a, b), (c, d) = one, other
        rows[a][b], rows[c][d] = rows[c][d], rows[a][b]


def _renamed(book: Book, page: str, chance: Random) -> None:
    to = chance.choice((page.lower(), f"{page} ", f"{page} (2)", page[:-1], "Sheet1", *NAUGHTY, *book.pages))[:200]
    book.pages = {to if name == page else name: rows for name, rows in book.pages.items()}


def _drop_page(book: Book, page: str, chance: Random) -> None:
    for name in [page, *chance.sample(list(book.pages), chance.randrange(len(book.pages)))]:
        book.pages.pop(name, None)
    if not book.pages:
        book.pages["RETURN"] = []


def _double_page(book: Book, page: str, chance: Random) -> None:
    book.pages[f"{page} ."] = [list(row) for row in book.pages[page]]


def _empty_page(book: Book, page: str, chance: Random) -> None:
    book.pages[page] = book.pages[page][: chance.choice((0, 1))]


def _shuffle_pages(book: Book, page: str, chance: Random) -> None:
    names = list(book.pages)
    chance.shuffle(names)
    book.pages = {name: book.pages[name] for name in names}


def _exchange_pages(book: Book, page: str, chance: Random) -> None:
    other = chance.choice(list(book.pages))
    book.pages[page], book.pages[other] = book.pages[other], book.pages[page]


def _header(book: Book, page: str, chance: Random) -> None:
    rows = book.pages[page]
    if rows and rows[0]:
        at = chance.randrange(len(rows[0]))
        rows[0][at] = chance.choice((None, "", f"{rows[0][at]}x", rows[0][-1], *NAUGHTY))


def _many_rows(book: Book, page: str, chance: Random) -> None:
    rows = book.pages[page]
    book.pages[page] = rows + [list(row) for row in rows[1:] * min(50, 3_000 // max(len(rows), 1))]


def _encoding(book: Book, page: str, chance: Random) -> None:
    book.kind = "csv"
    book.encoding = chance.choice(
        ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "iso8859-14", "utf-32", "cp037")
    )


def _delimiter(book: Book, page: str, chance: Random) -> None:
    book.kind, book.delimiter = "csv", chance.choice(";\t|:^ ")


def _other_kind(book: Book, page: str, chance: Random) -> None:
    book.kind = chance.choice([kind for kind in ("xlsx", "ods", "csv") if kind != book.kind])


_OF_CELLS: dict[str, Callable[[Book, str, Random], None]] = {
    "naughty text": _on_cells(lambda _, chance: chance.choice(NAUGHTY)),
    "naughty text twice": _on_cells(lambda value, chance: f"{value}{chance.choice(NAUGHTY)}"),
    "type swap": _on_cells(_other_type),
    "blank": _on_cells(lambda _, __: None),
    "huge number": _on_cells(lambda _, chance: chance.choice((1e300, -1e300, 1e-300, 10**14, -(10**14), 0.1 + 0.2))),
    "swap cells": _swap_cells,
}
_CELLS_COUNT = 4
"""How much oftener cells are spoilt than pages: a return without a page or a column is refused before it is judged."""

_OF_PAGES: dict[str, Callable[[Book, str, Random], None]] = {
    **_OF_CELLS,
    "drop rows": _drop_rows,
    "double rows": _double_rows,
    "many rows": _many_rows,
    "blank rows": _blank_rows,
    "titles": _titles,
    "drop column": _drop_column,
    "double column": _double_column,
    "shift column": _shift_column,
    "shuffle columns": _shuffle_columns,
    "shuffle rows": _shuffle_rows,
    "rename page": _renamed,
    "drop pages": _drop_page,
    "double page": _double_page,
    "empty page": _empty_page,
    "shuffle pages": _shuffle_pages,
    "exchange pages": _exchange_pages,
    "header": _header,
    "encoding": _encoding,
    "delimiter": _delimiter,
    "other kind": _other_kind,
}


# --- the zip, its XML, its bytes --------------------------------------------------------------------------------------


def _parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        return {name: source.read(name) for name in source.namelist()}


def _packed(parts: Sequence[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    import warnings

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as target, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a name stands twice is what is wanted
        for name, content in parts:
            target.writestr(name, content)
    return buffer.getvalue()


def _repacked(
    spoil: Callable[[list[tuple[str, bytes]], Random], None], method: int = zipfile.ZIP_DEFLATED
) -> "_OnBytes":
    def spoilt(data: bytes, chance: Random) -> bytes:
        parts = list(_parts(data).items())
        spoil(parts, chance)
        return _packed(parts, method)

    return spoilt


_OnBytes = Callable[[bytes, Random], bytes]


def _drop_part(parts: list[tuple[str, bytes]], chance: Random) -> None:
    del parts[chance.randrange(len(parts))]


def _double_part(parts: list[tuple[str, bytes]], chance: Random) -> None:
    name, content = chance.choice(parts)
    parts.append((chance.choice((name, name.upper(), f"./{name}", f"../{name}", f"{name}/")), content))


def _rename_part(parts: list[tuple[str, bytes]], chance: Random) -> None:
    at = chance.randrange(len(parts))
    name = chance.choice(
        (parts[at][0] + "x", "x" * 300, "/abs", "C:/x", "a/../b", "\u202e.csv", "xl/vbaProject.bin", "é.csv")
    )
    parts[at] = (name, parts[at][1])


def _exchange_parts(parts: list[tuple[str, bytes]], chance: Random) -> None:
    one, other = chance.randrange(len(parts)), chance.randrange(len(parts))
    (a, b), (c, d) = parts[one], parts[other]
    parts[one], parts[other] = (a, d), (c, b)


def _add_part(parts: list[tuple[str, bytes]], chance: Random) -> None:
    content = chance.choice((b"", b"x", bytes(200_000), _packed([("a.csv", b"a,b\n1,2\n")]), chance.randbytes(1_000)))
    parts.append(
        (
            chance.choice(("notes.txt", "more.csv", "x.zip", ".DS_Store", "xl/embeddings/o.bin", "customXml/i.xml")),
            content,
        )
    )


_ODD = (
    b"<",
    b">",
    b'"',
    b"&",
    b"<!--",
    b"-->",
    b"]]>",
    b"<!DOCTYPE x>",
    b"&#0;",
    b"&#xD800;",
    b"\x00",
    b"\xff",
    b"\xc3",
    b"</c>",
    b"<c>",
    b"<c/>",
    b"<f/>",
    b"<f>1</f>",
    b'<c r="A1" t="e"><v>#REF!</v></c>',
    b'<row r="1">',
    b"</row>",
    b' hidden="1"',
    b' r="XFD1048576"',
    b' t="e"',
    b' t="s"',
    b' t="b"',
    b"-1",
    b"1e999",
    b"NaN",
    b"\r",
    b"\n",
    b"9" * 12,
    b"9" * 400,
    b'<mergeCell ref="A1:XFD1048576"/>',
    b' table:number-columns-repeated="16384"',
    b' table:number-rows-repeated="1048576"',
    b"<v>99999999</v>",
    b"<is><t>x</t></is>",
    b'<table:table table:name="RETURN">',
    b"\xef\xbb\xbf",
    b"<x:y>",
)


def _cut_into(parts: list[tuple[str, bytes]], chance: Random) -> None:
    at = chance.randrange(len(parts))
    name, content = parts[at]
    for _ in range(chance.choice((1, 1, 2, 5))):
        start = chance.randrange(len(content) + 1)
        content = content[:start] + chance.choice(_ODD) + content[start + chance.choice((0, 0, 1, 5, 50)) :]
    parts[at] = (name, content)


def _swap_words(parts: list[tuple[str, bytes]], chance: Random) -> None:
    """Exchange pieces of a part that are words of its XML."""
    at = chance.randrange(len(parts))
    name, content = parts[at]
    words = content.split(b'"')
    if len(words) > 4:
        for _ in range(chance.choice((1, 2, 5))):
            one, other = chance.randrange(len(words)), chance.randrange(len(words))
            words[one], words[other] = words[other], words[one]
    parts[at] = (name, b'"'.join(words))


def _flip(data: bytes, chance: Random) -> bytes:
    spoilt = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 5, 50)) if data else 0):
        spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
    return bytes(spoilt)


def _flip_in_directory(data: bytes, chance: Random) -> bytes:
    start = data.rfind(b"PK\x01\x02", 0, max(0, data.rfind(b"PK\x05\x06")))
    spoilt = bytearray(data)
    for _ in range(chance.choice((1, 2, 4)) if start > 0 else 0):
        spoilt[chance.randrange(start, len(spoilt))] = chance.randrange(256)
    return bytes(spoilt)


def _false_size(data: bytes, chance: Random) -> bytes:
    at = data.find(b"PK\x01\x02")
    claimed = struct.pack("<I", chance.choice((0, 1, 1_000, 10**8, 2**32 - 1)))
    where = at + chance.choice((16, 20, 24))  # checksum, packed size, size
    return data[:where] + claimed + data[where + 4 :] if at >= 0 else data


def _cut(data: bytes, chance: Random) -> bytes:
    return data[: chance.randrange(len(data) + 1)]


def _lose_a_piece(data: bytes, chance: Random) -> bytes:
    start = chance.randrange(len(data) + 1)
    return data[:start] + data[start + chance.choice((1, 10, 1_000)) :]


def _double_a_piece(data: bytes, chance: Random) -> bytes:
    start = chance.randrange(len(data) + 1)
    return data[: start + 500] + data[start:]


def _wrap(data: bytes, chance: Random) -> bytes:
    return chance.choice(
        (
            data + chance.randbytes(200),
            chance.randbytes(200) + data,
            b"\n" + data,
            _packed([("return.xlsx", data)]),
            data + data,
            data.hex().encode(),
        )
    )


_OF_FILES: dict[str, _OnBytes] = {
    "flip bytes": _flip,
    "flip in the zip's directory": _flip_in_directory,
    "false size": _false_size,
    "cut short": _cut,
    "lose a piece": _lose_a_piece,
    "double a piece": _double_a_piece,
    "wrap": _wrap,
    "drop part": _repacked(_drop_part),
    "double part": _repacked(_double_part),
    "rename part": _repacked(_rename_part),
    "exchange parts": _repacked(_exchange_parts),
    "add part": _repacked(_add_part),
    "cut into part": _repacked(_cut_into),
    "cut into part, stored": _repacked(_cut_into, zipfile.ZIP_STORED),
    "swap words of part": _repacked(_swap_words),
    "packed another way": _repacked(lambda parts, chance: chance.shuffle(parts), zipfile.ZIP_LZMA),
}
