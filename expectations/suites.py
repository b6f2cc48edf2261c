"""The checks as Great Expectations suites: the row checks of one sheet, asked of all its rows in one month at once.

Only this module names Great Expectations. The frame that is asked has, for each column of the contract, the text as
normalised under the column's name and what it means under `<column>__value` (numbers as float64, dates as datetime64,
all else as text, null where the text cannot be read), for a column of authorities `<column>__named` (the code that a
name beside it stands for), and `submission_id`. Nothing of a person stays in a result: rows are known by position.
"""

import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from datetime import date, datetime
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING, Any, assert_never

from expectations.contract import (
    AddsUp,
    Between,
    DayWithin,
    Listed,
    Matches,
    NameAgrees,
    Need,
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
    When,
    WholeNumber,
    Written,
)
from expectations.discretion import tells_of_a_person
from expectations.months import first_day, last_day
from expectations.rules import contract_for

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

VALUE, NAMED, SUBMISSION = "__value", "__named", "submission_id"


class CannotAsk(RuntimeError):  # noqa: N818 (what happened, not whose fault it is)
    """A check that Great Expectations could not answer; letting its rows pass would accept what nobody looked at."""


def ask(checks: Sequence[RowCheck], frame: "pd.DataFrame", period: str) -> "dict[str, np.ndarray]":
    """Return, for each check by its code, the positions in `frame` of the rows that break it.

    Raises:
        CannotAsk: A check was not built, not answered, or answered without naming its rows.
    """
    import numpy as np

    broken = {check.code: np.empty(0, dtype=np.int64) for check in checks}
    asked = [check for check in checks if _can_fail(check, frame)]
    failing = _failing(asked, frame, period)
    for code, rows in _rows_of(failing, frame, period).items():
        broken[code] = rows
    return broken


def prepare() -> None:
    """Do beforehand what the first question would wait for: Great Expectations takes seconds to import."""
    _whole_frame()


def _can_fail(check: RowCheck, frame: "pd.DataFrame") -> bool:
    """Tell whether any row could break `check`: none does where there is nothing to look at."""
    if isinstance(check, Present):
        return len(frame) > 0
    column = check.column + NAMED if isinstance(check, NameAgrees) else check.column
    return column in frame and bool(frame[column].notna().any())


# --- asking -----------------------------------------------------------------------------------------------------------

# Most checks find nothing, and to hear just that takes half the time; the rows are asked for where there are any.
_WHETHER = {"result_format": "BOOLEAN_ONLY"}
_WHICH = {
    "result_format": "COMPLETE",
    "exclude_unexpected_values": True,
    "partial_unexpected_count": 0,
    "return_unexpected_index_query": False,
}


def _failing(checks: Sequence[RowCheck], frame: "pd.DataFrame", period: str) -> list[RowCheck]:
    results = _results(checks, frame, period, _WHETHER)
    return [check for check in checks if not results[check.code].success]


def _rows_of(checks: Sequence[RowCheck], frame: "pd.DataFrame", period: str) -> "dict[str, np.ndarray]":
    import numpy as np

    results = _results(checks, frame, period, _WHICH)
    rows = {code: np.asarray(result.result.get("unexpected_index_list") or []) for code, result in results.items()}
    silent = [code for code, positions in rows.items() if not len(positions)]
    if silent:
        raise CannotAsk(f"these checks fail without naming a row: {', '.join(silent)}")
    return {code: np.sort(positions.astype(np.int64)) for code, positions in rows.items()}


def _results(
    checks: Sequence[RowCheck], frame: "pd.DataFrame", period: str, result_format: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the result of each check by its code, in one validation of the whole frame."""
    if not checks:
        return {}
    whole = _whole_frame()
    import great_expectations as gx

    built = [_expectation(check, period) for check in checks]
    suite = gx.ExpectationSuite(name="checks", expectations=built)
    if len(suite.expectations) != len(checks):
        raise CannotAsk(f"{len(checks)} checks made {len(suite.expectations)} expectations")
    batch = whole.get_batch(batch_parameters={"dataframe": _with_derived(checks, frame, period)})
    outcome = batch.validate(suite, result_format=dict(result_format))
    return _by_code(checks, outcome.results)


def _by_code(checks: Sequence[RowCheck], results: Iterable[Any]) -> dict[str, Any]:
    """Join results to checks by the code each carries: Great Expectations gives them back in an order of its own."""
    found = {result.expectation_config.meta["check"]: result for result in results}
    unanswered = {check.code for check in checks} - set(found)
    raised = [code for code, result in found.items() if _has_raised(result.exception_info)]
    if unanswered or raised:
        raise CannotAsk(f"these checks were not answered: {', '.join(sorted({*unanswered, *raised}))}")
    return found


def _has_raised(info: Mapping[str, Any]) -> bool:
    if "raised_exception" in info:
        return bool(info["raised_exception"])
    return any(one.get("raised_exception") for one in info.values())


@cache
def _whole_frame() -> Any:
    """Return the batch definition of this process: its context lies in memory alone, and tells nobody."""
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    for name in _UNUSED:
        if name not in sys.modules:
            sys.modules[name] = _Waiting(name)
    import great_expectations as gx

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    source = context.data_sources.add_pandas("month")
    return source.add_dataframe_asset("sheet").add_batch_definition_whole_dataframe("whole")


_UNUSED = ("altair", "scipy.stats")
"""What Great Expectations imports for its charts and for comparing distributions: a quarter of the time it takes."""


class _Waiting(ModuleType):
    """A module that is not imported until something of it is used."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__spec__ = find_spec(name)

    def __getattr__(self, attribute: str) -> Any:
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(import_module(self.__name__), attribute)


# --- what each check asks ---------------------------------------------------------------------------------------------


def _expectation(check: RowCheck, period: str) -> Any:
    kind, kwargs = _asked_of_text(check) or _asked_of_values(check, period)
    return _remembering(kind)(**_where(check.when), **kwargs, meta={"check": check.code})


@cache
def _remembering(kind: str) -> Any:
    """Return the expectation called `kind`, made to remember its own configuration and what it is asked with.

    Great Expectations works these out about eighty times for each expectation asked, which is most of its time.
    """
    import great_expectations.expectations as gxe
    from pydantic.v1 import PrivateAttr

    asked = getattr(gxe, kind)

    def configuration(self: Any) -> Any:
        if self._known is None:
            self._known = _known()(asked.configuration.fget(self), self)
        return self._known

    def runtime_kwargs(self: Any, runtime_configuration: dict[str, Any] | None = None) -> dict[str, Any]:
        key = repr(runtime_configuration)
        if key not in self._given:
            self._given[key] = asked._get_runtime_kwargs(self, runtime_configuration)
        return {**self._given[key]}

    own = {"_known": PrivateAttr(default=None), "_given": PrivateAttr(default_factory=dict)}
    own |= {"configuration": property(configuration), "_get_runtime_kwargs": runtime_kwargs}
    return type(asked)(f"{kind}Remembering", (asked,), {"__module__": __name__, "__doc__": asked.__doc__, **own})


@cache
def _known() -> Any:
    """Return the configuration that gives back the expectation it was asked of, where others make a new one."""
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

    class Known(ExpectationConfiguration):  # type: ignore[misc]  # its module is not followed
        def __init__(self, like: ExpectationConfiguration, expectation: Any) -> None:
            self.__dict__.update(like.__dict__)
            self._expectation = expectation

        def to_domain_obj(self) -> Any:
            return self._expectation

        def __deepcopy__(self, memo: dict[int, Any]) -> ExpectationConfiguration:
            # A copy is made to be changed, and asks for an expectation of its own.
            plain = ExpectationConfiguration.__new__(ExpectationConfiguration)
            own = {name: said for name, said in self.__dict__.items() if name != "_expectation"}
            plain.__dict__.update(deepcopy(own, memo))
            return plain

    return Known


_Asked = tuple[str, dict[str, Any]]


def _asked_of_text(check: RowCheck) -> _Asked | None:
    """Return the expectation of a check that looks at the cell as written, or None where it looks at what it means."""
    match check:
        case Present(column=column):
            return "ExpectColumnValuesToNotBeNull", {"column": column}
        case Written():
            return "ExpectColumnValuesToNotBeNull", {"column": check.code}
        case Listed(column=column, allowed=allowed):
            return "ExpectColumnValuesToBeInSet", {"column": column, "value_set": list(allowed)}
        case NotListed(column=column, refused=refused):
            return "ExpectColumnValuesToNotBeInSet", {"column": column, "value_set": list(refused)}
        case Matches(column=column, regex=regex):
            return "ExpectColumnValuesToMatchRegex", {"column": column, "regex": _whole(regex)}
        case OnlyWhen(column=column, only=only):
            return "ExpectColumnValuesToBeNull", {"column": column, **_where_not(only)}
        case _:
            return None


def _asked_of_values(check: RowCheck, period: str) -> _Asked:
    match check:
        case Between(column=column, least=least, most=most):
            return "ExpectColumnValuesToBeBetween", _bounds(column + VALUE, least, most)
        case DayWithin(or_before=or_before):
            return "ExpectColumnValuesToBeBetween", _days(check.code, period, or_before)
        case Unique(columns=columns):
            return "ExpectCompoundColumnsToBeUnique", _key(check.code, columns)
        case NotMore(column=column, other=other):
            return "ExpectColumnPairValuesAToBeGreaterThanB", {**_pair(other + VALUE, column + VALUE), "or_equal": True}
        case NameAgrees():
            return "ExpectColumnPairValuesToBeEqual", _pair(check.code + VALUE, check.code + NAMED)
        case WholeNumber() | AddsUp() | RatioBetween() | SumNotMore() | NoPersonalDetail():
            return "ExpectColumnValuesToBeBetween", _bounds(check.code, *_excess_allowed(check))
        case Present() | Written() | Listed() | NotListed() | Matches() | OnlyWhen():
            raise TypeError(f"{check.code} is asked of text")
        case _:
            assert_never(check)


def _excess_allowed(check: WholeNumber | AddsUp | RatioBetween | SumNotMore | NoPersonalDetail) -> tuple[float, float]:
    tolerance = check.tolerance if isinstance(check, AddsUp) else 0
    return -tolerance - _ROUNDING, tolerance + _ROUNDING


_ROUNDING = 1e-6
"""Sums and products of hundredths, as floating-point numbers, are this near to the truth."""


def _where(when: When | None) -> dict[str, Any]:
    if when is None:
        return {}
    from great_expectations.expectations.row_conditions import Column

    column = Column(when.column + VALUE)
    holds = column.is_in(list(when.values)) if when.values else column.is_not_null()  # noqa: PD011 (not a frame's)
    return {"row_condition": holds}


def _where_not(only: When) -> dict[str, Any]:
    from great_expectations.expectations.row_conditions import Column

    blank, value = Column(only.column).is_null(), Column(only.column + VALUE)
    # A cell that is filled but cannot be read has a finding of its own; whether the condition holds is not known.
    return {"row_condition": blank | (value.is_not_null() & value.is_not_in(list(only.values)))}


def _whole(regex: str) -> str:
    """Return `regex` so that it must match from the first character to the last."""
    flags, body = ("(?s:", regex[4:]) if regex.startswith("(?s)") else ("(?:", regex)
    return f"^{flags}{body})$"


def _bounds(column: str, least: object, most: object) -> dict[str, Any]:
    return {"column": column, "min_value": least, "max_value": most}


def _days(column: str, period: str, or_before: bool) -> dict[str, Any]:
    first, last = ((day(period) - _EPOCH).days for day in (first_day, last_day))
    return _bounds(column, None if or_before else first, last)


_EPOCH = date(1970, 1, 1)


def _pair(column: str, other: str) -> dict[str, Any]:
    return {"column_A": column, "column_B": other, "ignore_row_if": "either_value_is_missing"}


def _key(code: str, columns: Iterable[str]) -> dict[str, Any]:
    parts = [f"{code}:{column}" for column in columns]
    return {"column_list": [SUBMISSION, *parts], "ignore_row_if": "any_value_is_missing"}


# --- columns that only a check needs ----------------------------------------------------------------------------------


def _with_derived(checks: Iterable[RowCheck], frame: "pd.DataFrame", period: str) -> "pd.DataFrame":
    """Return `frame` with, under each check's code, what Great Expectations has no expectation for."""
    import pandas as pd

    derived: dict[str, pd.Series[Any]] = {}
    for check in checks:
        optional = _optional(contract_for(period).sheet(check.sheet))
        if isinstance(check, Unique):
            derived |= {f"{check.code}:{name}": _key_part(frame, name, name in optional) for name in check.columns}
        elif isinstance(check, NameAgrees):
            derived |= {check.code + part: frame[check.column + part].astype(object) for part in (VALUE, NAMED)}
        elif derive := _DERIVED.get(type(check)):
            derived[check.code] = derive(check, frame, optional)
    return pd.concat([frame, pd.DataFrame(derived, index=frame.index)], axis=1)


def _optional(sheet: Sheet) -> frozenset[str]:
    return frozenset(column.name for column in sheet.columns if column.need is Need.OPTIONAL)


def _key_part(frame: "pd.DataFrame", column: str, is_optional: bool) -> "pd.Series[Any]":
    """Return one part of a key: where it may be left blank, the blank is a value like any other."""
    value = frame[column + VALUE]
    return value.astype(object).mask(frame[column].isna(), "") if is_optional else value


def _readable(check: Written, frame: "pd.DataFrame", optional: frozenset[str]) -> "pd.Series[Any]":
    """Return 0 for a blank, 1 for what can be read, and null for what cannot be."""
    text, value = frame[check.column], frame[check.column + VALUE]
    return text.notna().astype("float64").where(text.isna() | value.notna())


def _day_number(check: DayWithin, frame: "pd.DataFrame", optional: frozenset[str]) -> "pd.Series[Any]":
    """Return days since 1970: Great Expectations compares numbers all at once, and dates one by one."""
    return (frame[check.column + VALUE] - datetime(_EPOCH.year, 1, 1)).dt.days.astype("float64")


def _fraction(check: WholeNumber, frame: "pd.DataFrame", optional: frozenset[str]) -> "pd.Series[Any]":
    return frame[check.column + VALUE] % 1


def _gap(check: AddsUp, frame: "pd.DataFrame", optional: frozenset[str]) -> "pd.Series[Any]":
    return _total(check.parts, frame, optional) - _total(check.totals, frame, optional)


def _beyond_ratio(check: RatioBetween, frame: "pd.DataFrame", optional: frozenset[str]) -> "pd.Series[Any]":
    """Return how far the value lies outside the ratio's bounds, in its own unit."""
    value, other = frame[check.column + VALUE], frame[check.other + VALUE]
    too_little = (check.least * other - check.slack - value).clip(lower=0)
    return too_little + (value - check.most * other - check.slack).clip(lower=0)


def _surplus(check: SumNotMore, frame: "pd.DataFrame", optional: frozenset[str]) -> "pd.Series[Any]":
    return (_total(check.parts, frame, optional) - frame[check.column + VALUE]).clip(lower=0)


def _personal(check: NoPersonalDetail, frame: "pd.DataFrame", optional: frozenset[str]) -> "pd.Series[Any]":
    found = {text: float(tells_of_a_person(text, check.names)) for text in frame[check.column].dropna().unique()}
    return frame[check.column].astype(object).map(found).astype("float64")


def _total(columns: Sequence[str], frame: "pd.DataFrame", optional: frozenset[str]) -> "pd.Series[Any]":
    """Return the sum of `columns`: an optional blank counts as 0, any other cell without a value makes no sum."""
    blanks_as_0 = [
        frame[name + VALUE].mask(frame[name].isna(), 0) if name in optional else frame[name + VALUE] for name in columns
    ]
    return sum(blanks_as_0[1:], start=blanks_as_0[0])


_DERIVED: Mapping[type, "Callable[[Any, pd.DataFrame, frozenset[str]], pd.Series[Any]]"] = {
    Written: _readable,
    DayWithin: _day_number,
    WholeNumber: _fraction,
    AddsUp: _gap,
    RatioBetween: _beyond_ratio,
    SumNotMore: _surplus,
    NoPersonalDetail: _personal,
}
