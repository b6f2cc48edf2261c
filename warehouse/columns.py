"""How a column of the contract is kept in Postgres: its type and the check that holds it, made from its kind.

The only translation of the contract's kinds into SQL. Which tables there are is said in `tables` and `landing`.
"""

from collections.abc import Iterable
from typing import Any, assert_never

from sqlalchemy import Boolean, Date, Integer, Numeric, Text
from sqlalchemy.types import TypeEngine

from expectations import contract
from expectations.codes import CODE_LISTS
from expectations.contract import Column, Kind, Need
from expectations.pseudonyms import KEPT_AS, KEPT_SHAPE, is_keyed
from expectations.reference import current_authorities

_AMOUNT_DIGITS = 14


def type_of(kind: Kind) -> TypeEngine[Any]:
    """Return the type of a column that holds `kind`."""
    match kind:
        case contract.Count():
            return Integer()
        case contract.Amount(places=places):
            return Numeric(_AMOUNT_DIGITS, places)
        case contract.Day() | contract.Month():
            return Date()
        case contract.Flag():
            return Boolean()
        case contract.Text() | contract.Pattern() | contract.Code() | contract.Area():
            return Text()
    assert_never(kind)


def check_of(column: Column) -> str | None:
    """Return what SQL must hold of a filled cell of `column`; None where its type says it all."""
    name = column.name
    match column.kind:
        case contract.Day() | contract.Flag():
            return None
        case contract.Month():
            return f"extract(day from {name}) = 1"
        case contract.Count() | contract.Amount():
            return _bounds(name, column.kind)
        case contract.Text() | contract.Pattern() | contract.Code() | contract.Area():
            return _words(name, column.kind)
    assert_never(column.kind)


def _bounds(name: str, kind: contract.Count | contract.Amount) -> str:
    return f"{name} between {kind.least:.15g} and {kind.most:.15g}"


def _words(name: str, kind: contract.Text | contract.Pattern | contract.Code | contract.Area) -> str:
    match kind:
        case contract.Code(list_name=list_name):
            return _one_of(name, CODE_LISTS[list_name])
        case contract.Area(besides=besides):
            return _one_of(name, (*current_authorities(), *besides))
        case contract.Pattern(regex=regex):
            return f"{name} ~ '^({KEPT_SHAPE if is_keyed(kind) else regex})$'"
        case contract.Text(longest=longest):
            return f"char_length({name}) between 1 and {longest}"
    assert_never(kind)


def comment_of(column: Column) -> str:
    """Return what the catalogue says of `column`."""
    said = f"{column.label}. {column.about}"
    return f"{said} {KEPT_AS}" if is_keyed(column.kind) else said


def is_nullable(column: Column) -> bool:
    """Tell whether a row may leave the cell blank."""
    return column.need is not Need.REQUIRED


def _one_of(name: str, values: Iterable[str]) -> str:
    return f"{name} in ({', '.join(map(literal, values))})"


def literal(value: str | int | None) -> str:
    """Return a value as SQL writes it; for a select whose text is kept, as a view's is. Elsewhere values are bound."""
    if value is None:
        return "null::text"
    return str(value) if isinstance(value, int) else "'{}'".format(value.replace("'", "''"))
