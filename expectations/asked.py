"""What each check of the contract asks, in words of either language, for people who prepare returns or software."""

from collections.abc import Mapping
from typing import assert_never

from expectations.contract import (
    AddsUp,
    Amount,
    AnyCheck,
    Between,
    Compared,
    Contract,
    Count,
    Day,
    DayWithin,
    Joined,
    Listed,
    Matches,
    NameAgrees,
    NoPersonalDetail,
    NotListed,
    NotMore,
    OnlyWhen,
    Present,
    RatioBetween,
    RowCheck,
    Sheet,
    SumNotMore,
    Unique,
    WholeNumber,
    Written,
)
from expectations.wording import Language, column_label, condition, figure, holds, listed, phrase, quoted


def asked(contract: Contract, check: AnyCheck, language: Language) -> str:
    """Return what `check` asks of its column: "is filled in", say."""
    sheet = contract.sheet(check.sheet)
    if isinstance(check, Joined):
        return phrase(f"across.{check.query}", language, **_share(check))
    if isinstance(check, Compared):
        return phrase(f"between.{check.query}", language)
    name, facts = _of_row(check, sheet, language)
    told = phrase(f"asked.{name}", language, **facts)
    if check.when is None:
        return told
    return phrase("asked.where", language, asked=told, condition=condition(sheet, check.when, language))


def _share(check: Joined) -> Mapping[str, object]:
    return {} if check.share is None else {"over": check.share.over}


_Said = tuple[str, Mapping[str, object]]


def _of_row(check: RowCheck, sheet: Sheet, language: Language) -> _Said:
    match check:
        case Present():
            return "present", {}
        case Written() | Listed() | Matches():
            return _of_kind(check, sheet, language)
        case NotListed():
            return "not_listed", {}
        case NameAgrees():
            return "name_agrees", {}
        case NoPersonalDetail():
            return "no_personal_detail", {}
        case WholeNumber() | Between() | RatioBetween():
            return _of_figure(check, sheet, language)
        case DayWithin(or_before=or_before):
            return "no_later_than_month" if or_before else "in_month", {}
        case _:
            return _of_several(check, sheet, language)


def _of_kind(check: Written | Listed | Matches, sheet: Sheet, language: Language) -> _Said:
    column = sheet.column(check.column)
    if isinstance(column.kind, Count | Amount):
        return "figure", {}
    return "holds", {"holds": holds(column, language)}


def _of_figure(check: WholeNumber | Between | RatioBetween, sheet: Sheet, language: Language) -> _Said:
    match check:
        case WholeNumber():
            return "whole", {}
        case Between(least=least, most=most):
            return "between", {"least": figure(least), "most": figure(most)}
        case RatioBetween(other=other, least=least, most=most):
            bounds = {"least": f"{least:.4g}", "most": f"{most:.4g}"}
            return "ratio", {**bounds, "other": _labels(sheet, (other,), language)}
        case _:
            assert_never(check)


def _of_several(check: NotMore | AddsUp | OnlyWhen | SumNotMore | Unique, sheet: Sheet, language: Language) -> _Said:
    match check:
        case NotMore(other=other):
            name = "no_later" if isinstance(sheet.column(check.column).kind, Day) else "no_more"
            return name, {"other": _labels(sheet, (other,), language)}
        case AddsUp(parts=parts, totals=totals):
            sums = {"parts": _labels(sheet, parts, language), "totals": _labels(sheet, totals, language)}
            return "adds_up", sums
        case OnlyWhen(only=only):
            return "only_when", {"condition": condition(sheet, only, language)}
        case SumNotMore(parts=parts):
            return "no_less", {"parts": _labels(sheet, parts, language)}
        case Unique(columns=columns):
            return "unique", {"columns": _labels(sheet, columns, language)}
        case _:
            assert_never(check)


def _labels(sheet: Sheet, columns: tuple[str, ...], language: Language) -> str:
    return listed([quoted(column_label(sheet, name, language)) for name in columns], "and", language)
