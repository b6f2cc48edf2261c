"""The closed list of what is protected together: the quantities that figures are made of, and how they hang together.

A figure that is shown tells the quantities that it is made of; a quantity that several figures are made of is hidden in
all of them or in none. What is not declared here and counts people or money may not be published: a test holds the
declared indicators to that. How quantities are hidden does not belong here.
"""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a quantity is made of, and so which rule tells where it is sensitive."""

    PEOPLE = "people"
    MONEY = "money"


class OverTime(StrEnum):
    """How the quantity of a longer period follows from those of its months."""

    ADDS = "adds"
    """It is their sum: a person who comes in several months counts in each."""
    DISTINCT = "distinct"
    """At least the highest of them and at most their sum: a person counts once."""
    SNAPSHOT = "snapshot"
    """It is that of one month, the last of a quarter."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """Something that is counted or summed in each area, period and category.

    `part_of` names the quantity that it is always a part of, where no share says so. `alike` names one that has the
    same number of people wherever both are about the same returns, so that who knows the one knows the other. `sum_of`
    names quantities that it is the sum of.
    """

    name: str
    kind: Kind = Kind.PEOPLE
    over_time: OverTime = OverTime.ADDS
    part_of: str | None = None
    alike: str | None = None
    sum_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MadeOf:
    """The quantities that a measure is made of; None where that side is no quantity that needs protection."""

    numerator: str | None = None
    denominator: str | None = None


_ONCE, _DAY = OverTime.DISTINCT, OverTime.SNAPSHOT

QUANTITIES: tuple[Quantity, ...] = (
    Quantity("attending", over_time=_ONCE),
    Quantity("out_of_county", over_time=_ONCE),
    Quantity("journeys_known", over_time=_ONCE, part_of="out_of_county"),
    Quantity("journeys_long", over_time=_ONCE),
    Quantity("attending_now", alike="attending"),
    Quantity("attending_before"),
    Quantity("people_returned"),
    Quantity("direct_payment"),
    Quantity("digital"),
    Quantity("digital_known"),
    Quantity("carers"),
    Quantity("all_workers", over_time=_DAY, sum_of=("agency_workers", "own_staff")),
    Quantity("agency_workers", over_time=_DAY),
    Quantity("own_staff", over_time=_DAY),
    Quantity("fixed_term", over_time=_DAY),
    Quantity("leavers", over_time=_DAY),
    Quantity("mean_headcount", over_time=_DAY),
    Quantity("paid_living_wage", over_time=_DAY),
    Quantity("pay_known", over_time=_DAY),
    Quantity("welsh_speakers", over_time=_DAY),
    Quantity("welsh_known", over_time=_DAY),
    Quantity("offered"),
    Quantity("offer_known"),
    Quantity("accepted"),
    Quantity("acceptance_known", part_of="offered"),
    Quantity("delivered"),
    Quantity("delivery_known", part_of="accepted"),
    Quantity("waiting", over_time=_DAY, sum_of=("under_6_weeks", "from_6_weeks", "from_12_weeks", "from_26_weeks")),
    Quantity("waiting_long", over_time=_DAY, sum_of=("from_12_weeks", "from_26_weeks")),
    Quantity("under_6_weeks", over_time=_DAY),
    Quantity("from_6_weeks", over_time=_DAY),
    Quantity("from_12_weeks", over_time=_DAY),
    Quantity("from_26_weeks", over_time=_DAY),
    Quantity("job_goal"),
    Quantity("paid_work"),
    Quantity("sustained_work", part_of="paid_work"),
    Quantity("plans_coproduced"),
    Quantity("plans_reviewed"),
    Quantity("outcomes_achieved"),
    Quantity("outcomes_reviewed"),
    Quantity("cost", Kind.MONEY),
)
"""Every quantity that figures are made of and that must be protected."""

MADE_OF: dict[tuple[str, str], MadeOf] = {
    ("DO01", "count"): MadeOf("attending"),
    ("DO01", "rate"): MadeOf("attending"),
    ("DO02", "main"): MadeOf("attending_now", "attending_before"),
    ("DO07", "main"): MadeOf(None, "people_returned"),
    ("DO08", "tier_1"): MadeOf("people_returned:tier:1", "people_returned"),
    ("DO08", "tier_2"): MadeOf("people_returned:tier:2", "people_returned"),
    ("DO08", "tier_3"): MadeOf("people_returned:tier:3", "people_returned"),
    ("DO10", "main"): MadeOf("direct_payment", "people_returned"),
    ("DO13", "main"): MadeOf(None, "carers"),
    ("DO15", "agency_workers"): MadeOf("agency_workers", "all_workers"),
    ("DO15", "fixed_term"): MadeOf("fixed_term", "own_staff"),
    ("DO17", "main"): MadeOf("leavers", "mean_headcount"),
    ("DO18", "main"): MadeOf("paid_living_wage", "pay_known"),
    ("DO19", "main"): MadeOf("welsh_speakers", "welsh_known"),
    ("DO20", "main"): MadeOf("offered", "offer_known"),
    ("DO20", "accepted"): MadeOf("accepted", "acceptance_known"),
    ("DO20", "delivered"): MadeOf("delivered", "delivery_known"),
    ("DO22", "count"): MadeOf("waiting"),
    ("DO22", "rate"): MadeOf("waiting"),
    ("DO23", "main"): MadeOf("waiting_long", "waiting"),
    ("DO23", "under_6_weeks"): MadeOf("under_6_weeks", "waiting"),
    ("DO23", "from_6_weeks"): MadeOf("from_6_weeks", "waiting"),
    ("DO23", "from_12_weeks"): MadeOf("from_12_weeks", "waiting"),
    ("DO23", "from_26_weeks"): MadeOf("from_26_weeks", "waiting"),
    ("DO24", "main"): MadeOf("paid_work", "job_goal"),
    ("DO24", "sustained_13w"): MadeOf("sustained_work", "job_goal"),
    ("DO25", "main"): MadeOf("digital", "digital_known"),
    ("DO26", "main"): MadeOf("plans_coproduced", "plans_reviewed"),
    ("DO27", "main"): MadeOf("outcomes_achieved", "outcomes_reviewed"),
    ("DO28", "main"): MadeOf("out_of_county", "attending"),
    ("DO28", "over_45_minutes"): MadeOf("journeys_long", "journeys_known"),
    ("DO29", "main"): MadeOf("cost"),
}
"""What each measure that counts people or money is made of; after a colon, the category whose quantity it is."""

WORKED_OUT = frozenset({"DO06"})
"""Indicators that are worked out from figures that are shown, and so say nothing more."""
