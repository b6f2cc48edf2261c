"""Plants faults between returns: figures of the last month that do not go on from those of the months before.

Each rests on two months of a service, or of a return, or on half a year of it, in which nothing else is spoiled.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from statistics import median
from typing import Literal

from dayops_pipeline.sample.bed import Bed, Planted
from dayops_pipeline.sample.books import Row
from dayops_pipeline.sample.returns import Posting, Return
from dayops_pipeline.sample.sums import number, total
from expectations.contract import Compared, Profile
from expectations.months import month_before

_COMPARED = ("SERVICES", "ACTIVITY", "FINANCE")
_COSTS = ("cost_staff", "cost_agency", "cost_premises", "cost_transport", "cost_other")
_LEAST_COPIED = 3
_LEAST_MONTHS, _MOST_MONTHS = 6, 12
_FAR = 6 * 1.4826
"""How many times what its months lie apart a figure then is from their middle, at least."""

_AMOUNTS = {"hours_delivered": ("hours_delivered",), "cost_staff": _COSTS}
_JUMP, _DRIFT = {"hours_delivered": 0.42, "cost_staff": 1.6}, {"hours_delivered": 0.54, "cost_staff": 1.46}
"""What a figure is changed to, as a share of the month before: by more than half, and by a little less than half."""

_LEAST_SHARE = 0.35

Standing = Literal["stands", "refused", "unsure"]


@dataclass(frozen=True, slots=True)
class Sent:
    """A return as it was sent: its rows, and the services of which nothing was spoiled (none where that is unsure)."""

    told: Return
    standing: Standing
    sound: frozenset[str] = frozenset()

    def rows_of(self, sheet: str, service_id: str) -> list[Row]:
        """Return the rows of the sheet about the service."""
        return [row for row in self.told.sheets.get(sheet, []) if row.get("service_id") == service_id]


@dataclass(slots=True)
class Before:
    """What was sent before: the returns of each provider by month, and small returns of the last month as models."""

    sent: dict[str, dict[str, Sent]] = field(default_factory=dict)
    models: list[Return] = field(default_factory=list)

    def remember(self, told: Return, bed: Bed, standing: Standing) -> None:
        """Note how a return was sent."""
        sound = frozenset(bed.sound_services(*_COMPARED)) if standing == "stands" else frozenset[str]()
        self.of_provider(bed)[bed.period] = Sent(told, standing, sound)
        is_alone = told.posting.of == 1 and standing == "stands"
        if told.posting.profile is Profile.LITE and is_alone and not bed.planted:
            self.models.append(told)

    def of(self, bed: Bed) -> Sent | None:
        """Return what the provider sent for the month before."""
        return self.of_provider(bed).get(month_before(bed.period))

    def months(self, bed: Bed, service_id: str) -> list[Sent]:
        """Return what the provider sent in the year before in which the service is sound."""
        year = [self.of_provider(bed).get(month_before(bed.period, back)) for back in range(1, _MOST_MONTHS + 1)]
        return [sent for sent in year if sent is not None and service_id in sent.sound]

    def of_provider(self, bed: Bed) -> dict[str, Sent]:
        """Return what the provider sent, by month."""
        return self.sent.setdefault(bed.told.posting.provider.provider_id, {})


def _sound_in_both(bed: Bed, before: Before) -> Iterator[tuple[str, Sent]]:
    sent = before.of(bed)
    if sent is not None and sent.standing == "stands" and not sent.told.posting.is_nil:
        yield from ((service, sent) for service in bed.sound_services(*_COMPARED) if service in sent.sound)


# --- one service ------------------------------------------------------------------------------------------------------


def _more_enrolled(bed: Bed, check: Compared, before: Before) -> list[Planted]:
    for service_id, _ in _sound_in_both(bed, before):
        rows = bed.rows_of("ACTIVITY", service_id)
        if rows:
            row = bed.rng.choice(rows)
            changed = {**row, "people_enrolled": int(number(row["people_enrolled"])) + bed.rng.randint(1, 3)}
            bed.put("ACTIVITY", row, changed)
            bed.keep_sums(service_id, *_COMPARED)
            group = (one for one in bed.rows_of("ACTIVITY", service_id) if one["client_group"] == row["client_group"])
            return [Planted(check, "ACTIVITY", next(group))]
    return []


def _other_amount(bed: Bed, check: Compared, before: Before) -> list[Planted]:
    change = _CHANGES.get(check.column)
    for service_id, sent in _sound_in_both(bed, before) if change else ():
        if change and change(bed, service_id, _amount(sent, check, service_id), _JUMP[check.column]):
            return _one_amount(bed, check, service_id)
    return []


def _one_amount(bed: Bed, check: Compared, service_id: str) -> list[Planted]:
    bed.keep_sums(service_id, *_COMPARED)
    return [Planted(check, check.sheet, bed.rows_of(check.sheet, service_id)[0])]


def _amount(sent: Sent, check: Compared, service_id: str) -> float:
    return total(sent.rows_of(check.sheet, service_id), *_AMOUNTS[check.column])


def _unlike_months_before(bed: Bed, check: Compared, before: Before) -> list[Planted]:
    """Change a steady figure by a little less than half, where no year before would tell."""
    change = _CHANGES.get(check.column)
    is_known = len(before.of_provider(bed)) >= _LEAST_MONTHS
    for service_id, sent in _sound_in_both(bed, before) if change and is_known else ():
        amounts = [_amount(one, check, service_id) for one in before.months(bed, service_id)]
        last, factor = _amount(sent, check, service_id), _DRIFT[check.column]
        if change and _is_far(last * factor, amounts) and change(bed, service_id, last, factor):
            return _one_amount(bed, check, service_id)
    return []


def _is_far(amount: float, before: list[float]) -> bool:
    """Tell whether the amount lies well away from those before, which are enough and less than a year."""
    if not _LEAST_MONTHS <= len(before) < _MOST_MONTHS:
        return False
    middle = median(before)
    apart = median(abs(one - middle) for one in before)
    return abs(amount - middle) > max(_FAR * apart, middle * 0.42, 12)


Change = Callable[[Bed, str, float, float], bool]
"""Changes a service's figure to so many times what it was the month before, if that can be done; tells whether."""


def _fewer_hours(bed: Bed, service_id: str, hours_before: float, factor: float) -> bool:
    """Cut the hours of every session alike."""
    rows = bed.rows_of("ACTIVITY", service_id)
    share = hours_before * factor / max(total(rows, "hours_delivered"), 1)
    if not rows or hours_before < 50 or not _LEAST_SHARE <= share <= 1:
        return False
    for row in rows:
        bed.put("ACTIVITY", row, {**row, "hours_delivered": round(number(row["hours_delivered"]) * share, 2)})
    return True


def _higher_costs(bed: Bed, service_id: str, costs_before: float, factor: float) -> bool:
    """Raise the costs, where a session then costs no more than it may."""
    rows, sessions = bed.rows_of("FINANCE", service_id), total(bed.rows_of("ACTIVITY", service_id), "sessions_attended")
    wanted = costs_before * factor
    more = wanted - total(rows, *_COSTS)
    if len(rows) != 1 or wanted < 100 or more <= 0 or wanted > sessions * 380:
        return False
    bed.put("FINANCE", rows[0], {**rows[0], "cost_other": round(number(rows[0]["cost_other"]) + more, 2)})
    return True


_CHANGES: dict[str, Change] = {"hours_delivered": _fewer_hours, "cost_staff": _higher_costs}


def _left_out(bed: Bed, check: Compared, before: Before) -> list[Planted]:
    """Leave a service out of every sheet; not one that has the provider's agency costs."""
    for service_id, sent in _sound_in_both(bed, before):
        is_open = all(row["closed_on"] is None for row in sent.rows_of("SERVICES", service_id))
        has_agency = any(number(row["cost_agency"]) for row in bed.rows_of("FINANCE", service_id))
        is_free = bed.is_untouched(service_id) and not bed.strays and len(bed.told.sheets["SERVICES"]) > 1
        if is_open and not has_agency and is_free:
            for rows in bed.told.sheets.values():
                rows[:] = [row for row in rows if row.get("service_id") != service_id]
            bed.keep_sums(service_id, *_COMPARED)
            return [Planted(check, "SERVICES", None)]
    return []


# --- the whole return -------------------------------------------------------------------------------------------------


def _sent_again(bed: Bed, check: Compared, before: Before) -> list[Planted]:
    """Send last month's figures again, where they are such as could be this month's too."""
    sent = before.of(bed)
    if sent is None or bed.told.posting.profile is not Profile.LITE or not _is_whole(bed, sent):
        return []
    rows = sent.told.sheets["ACTIVITY"]
    is_steady = all(number(row["new_starters"]) == number(row["leavers"]) == 0 for row in rows)
    return _replaced(bed, check, rows) if is_steady else []


def _is_whole(bed: Bed, sent: Sent) -> bool:
    """Tell whether both returns are about the same services, all sound."""
    now = set(bed.sound_services(*_COMPARED))
    services = {str(row["service_id"]) for row in bed.told.sheets["SERVICES"]}
    return bool(now) and now == services == set(sent.sound) and not sent.told.posting.is_nil


def _copied(bed: Bed, check: Compared, before: Before) -> list[Planted]:
    """Send the figures of another provider, where nothing of the provider's own stands for the month before."""
    posting, sent = bed.told.posting, before.of(bed)
    is_free = sent is None or sent.standing == "refused"
    services = {str(row["service_id"]) for row in bed.told.sheets["SERVICES"]}
    if posting.profile is not Profile.LITE or posting.is_nil or not is_free or len(services) != 1:
        return []
    for rows in (model.sheets["ACTIVITY"] for model in before.models if _is_model(model, posting)):
        if services == set(bed.sound_services(*_COMPARED)):
            planted = _replaced(bed, check, [{**row, "service_id": next(iter(services))} for row in rows])
            if planted:
                return planted
    return []


def _is_model(model: Return, posting: Posting) -> bool:
    """Tell whether the return could be copied: one service, rows enough, and sent before."""
    is_earlier = model.posting.sent_at.date() < posting.sent_at.date()
    is_small = len(model.sheets["SERVICES"]) == 1 and len(model.sheets["ACTIVITY"]) >= _LEAST_COPIED
    return model.posting.period == posting.period and is_earlier and is_small


def _replaced(bed: Bed, check: Compared, rows: list[Row]) -> list[Planted]:
    """Put `rows` in place of the ACTIVITY sheet, where the services have room for them and can afford them."""
    kept = bed.told.sheets["ACTIVITY"]
    bed.told.sheets["ACTIVITY"] = [dict(row) for row in rows]
    if not all(_is_fitting(bed, row) for row in bed.told.sheets["SERVICES"]):
        bed.told.sheets["ACTIVITY"] = kept
        return []
    for row in bed.told.sheets["SERVICES"]:
        bed.keep_sums(str(row["service_id"]), *_COMPARED)
    bed.locked_sheets.update({"ACTIVITY", "SERVICES"})
    return [Planted(check, "ACTIVITY", None)]


def _is_fitting(bed: Bed, service: Row) -> bool:
    rows = bed.rows_of("ACTIVITY", service["service_id"])
    sessions, costs = total(rows, "sessions_attended"), total(bed.rows_of("FINANCE", service["service_id"]), *_COSTS)
    places = service["places_per_session"]
    has_room = places is None or sessions <= number(places) * number(service["open_sessions_held"])
    return has_room and sessions > 0 and (sessions < 20 or 10 * sessions <= costs <= 400 * sessions)


BETWEEN: dict[str, Callable[[Bed, Compared, Before], list[Planted]]] = {
    "enrolment": _more_enrolled,
    "month_before": _other_amount,
    "service_gone": _left_out,
    "own_history": _unlike_months_before,
    "unchanged": _sent_again,
    "copied": _copied,
}
"""How to break each check between returns, by its query; the others take a year of returns."""
