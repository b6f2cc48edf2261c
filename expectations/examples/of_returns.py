"""Examples of what is asked between returns: rules V24 to V27 and V30 to V33.

They are of a good return of aggregates (LITE); `Other` returns came before it and stand.
"""

from expectations.examples.model import FIRST_ROW, Cells, Described, Example, Other, Place, Sheets, Shown

_ACTIVITY, _FINANCE = "ACTIVITY", "FINANCE"
_GROUPS = ("LD", "OP", "DEM")


def _before(sheets: Sheets, months: int = 1) -> Other:
    return Other(sheets=sheets, months_before=months)


def _amount(
    rule: str, says: str, column: str, *, fails: Cells, passes: Cells, others: tuple[Other, ...], sheet: str = _ACTIVITY
) -> Shown:
    at = (Place(sheet, FIRST_ROW, column),)
    # Sessions called off differ from month to month, so that no return is its forerunner sent again.
    own: Sheets = {_ACTIVITY: ({"sessions_cancelled_provider": "4", "sessions_dna": "16"},)}
    pages = [{**own, sheet: ({**own.get(sheet, ({},))[0], **cells},)} for cells in (fails, passes)]
    return Shown(rule=rule, says=says, at=at, fails=pages[0], passes=pages[1], others=others)


def _hours(hours: str, months: int = 1) -> Other:
    return _before({_ACTIVITY: ({"hours_delivered": hours},)}, months)


def _costs(pounds: str, months: int = 1) -> Other:
    return _before({_FINANCE: ({"cost_staff": pounds},)}, months)


def _three_groups(hours: str) -> tuple[Cells, ...]:
    figures = {
        "people_enrolled": "3",
        "people_attended": "2",
        "sessions_planned": "25",
        "sessions_attended": "20",
        "sessions_dna": "4",
        "sessions_cancelled_provider": "1",
    }
    return tuple({"client_group": group, **figures, "hours_delivered": hours} for group in _GROUPS)


_TWO_SERVICES: tuple[Cells, ...] = ({"service_id": "DOS000001"}, {"service_id": "DOS000002"})
_OWN_HOURS: Cells = {"hours_delivered": "241.00"}

RETURN_EXAMPLES: tuple[Example, ...] = (
    _amount(
        "V24",
        "enrolment_does_not_follow",
        "people_enrolled",
        fails={"people_enrolled": "12", "new_starters": "1", "leavers": "0"},
        passes={"people_enrolled": "11", "new_starters": "1", "leavers": "0"},
        others=(_before({_ACTIVITY: ({"people_enrolled": "10"},)}),),
    ),
    _amount(
        "V25",
        "changed_since_month",
        "hours_delivered",
        fails={"hours_delivered": "361.00"},
        passes={"hours_delivered": "360.00"},
        others=(_hours("240.00"),),
    ),
    _amount(
        "V25",
        "changed_since_year",
        "hours_delivered",
        fails={"hours_delivered": "421.00"},
        passes={"hours_delivered": "420.00"},
        others=(_hours("240.00", months=12),),
    ),
    _amount(
        "V25",
        "cost_changed_since_month",
        "cost_staff",
        sheet=_FINANCE,
        fails={"cost_staff": "7000.00"},
        passes={"cost_staff": "5000.00"},
        others=(_costs("4000.00"),),
    ),
    _amount(
        "V25",
        "cost_changed_since_year",
        "cost_staff",
        sheet=_FINANCE,
        fails={"cost_staff": "8000.00"},
        passes={"cost_staff": "6000.00"},
        others=(_costs("4000.00", months=12),),
    ),
    Shown(
        rule="V26",
        says="service_gone",
        at=(Place("SERVICES"),),
        fails={"SERVICES": _TWO_SERVICES[:1], _ACTIVITY: (_OWN_HOURS,)},
        passes={"SERVICES": _TWO_SERVICES, _ACTIVITY: (_OWN_HOURS,)},
        others=(_before({"SERVICES": _TWO_SERVICES}),),
    ),
    Described(
        rule="V27",
        says="reason_for_change_missing",
        at=(Place("RETURN", FIRST_ROW, "reason_for_change"),),
        fails="A second submission for September 2026, sent in June 2027, that does not say why.",
        passes="The same submission with a reason in a few words.",
    ),
    Described(
        rule="V30",
        says="return_missing",
        fails="A provider on the register that has sent nothing for September 2026 by 22 October.",
        passes="A provider that sent its return on 21 October, the fifteenth working day.",
    ),
    Shown(
        rule="V31",
        says="unchanged",
        at=(Place(_ACTIVITY),),
        fails={_ACTIVITY: ({"hours_delivered": "240.50"},)},
        passes={_ACTIVITY: ({"hours_delivered": "241.00"},)},
        others=(_hours("240.50"),),
    ),
    Shown(
        rule="V32",
        says="copied",
        at=(Place(_ACTIVITY),),
        fails={_ACTIVITY: _three_groups("60.00")},
        passes={_ACTIVITY: _three_groups("61.00")},
        others=(Other(sheets={_ACTIVITY: _three_groups("60.00")}, is_of_another_provider=True),),
    ),
    _amount(
        "V33",
        "unlike_before",
        "hours_delivered",
        fails={"hours_delivered": "400.00"},
        passes={"hours_delivered": "330.00"},
        others=(_hours("330.00"), *(_hours("240.00", months) for months in range(2, 8))),
    ),
    _amount(
        "V33",
        "cost_unlike_before",
        "cost_staff",
        sheet=_FINANCE,
        fails={"cost_staff": "7000.00"},
        passes={"cost_staff": "5500.00"},
        others=(_costs("5600.00"), *(_costs("4000.00", months) for months in range(2, 8))),
    ),
)
