"""The thirty national indicators, DO01 to DO30: what each means, counts, divides, and is broken down by.

A declaration says what is measured; the SQL beside the warehouse does the measuring, one file a family. Everything that
publishes a figure (rounding, note codes, dictionaries, labels) reads it from here. Welsh stands in the wording.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from expectations.codes import CODE_LISTS


class Direction(StrEnum):
    """Whether more is better."""

    UP = "up"
    DOWN = "down"
    NONE = "none"


class People(StrEnum):
    """Where a measure counts people, and so where a small number must be hidden."""

    NUMERATOR = "numerator"
    DENOMINATOR = "denominator"
    BOTH = "both"
    NONE = "none"


class Interval(StrEnum):
    """How the 95% interval of a measure is reckoned; none where what is counted are no independent people."""

    WILSON = "wilson"
    BYAR = "byar"
    NONE = "none"


class Level(StrEnum):
    """The kinds of area that a figure is given for."""

    COUNTRY = "country"
    REGION = "region"
    AUTHORITY = "authority"


ALL = "ALL"
"""The category of the breakdown `all`: everyone."""

BREAKDOWNS: dict[str, tuple[str, tuple[str, ...]]] = {
    "all": ("All", (ALL,)),
    "client_group": ("Client group", tuple(CODE_LISTS["client_group"])),
    "age_band": ("Age band", tuple(CODE_LISTS["age_band"])),
    "setting": ("Setting", tuple(CODE_LISTS["setting"])),
    "tier": ("Tier", tuple(CODE_LISTS["tier"])),
    "provider_sector": ("Sector", tuple(CODE_LISTS["provider_sector"])),
    "role": ("Role", tuple(CODE_LISTS["role"])),
    "carer_group": ("Carer group", tuple(CODE_LISTS["carer_group"])),
}
"""Each breakdown: its label, and the codes of its categories in reading order."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure of an indicator: `factor` times the numerator divided by the denominator, or a plain count.

    `people` says where people are counted. `is_share` holds where the numerator is part of the denominator, so that the
    rest can be worked out. `has_population` holds where the denominator is the population. `breakdowns`, where given,
    are fewer than the indicator's.
    """

    name: str
    label: str
    unit: str
    places: int = 1
    factor: int = 100
    people: People = People.NONE
    is_count: bool = False
    is_share: bool = False
    interval: Interval = Interval.NONE
    has_population: bool = False
    breakdowns: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A change of an indicator's meaning: the version it made, the first month it holds for, and what changed."""

    version: int
    since: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """One indicator; `family` names the SQL file that measures it, `source` the policy that it serves.

    Where `is_snapshot`, it is measured on the last day of a financial quarter and has no figure for other months.
    Where `is_distinct`, people count once in the whole period; elsewhere once in each of its months.
    `only` lists the categories of a breakdown where not all are given. Below the coverage floor there is no figure,
    unless it is coverage itself that is measured. The first measure is the headline. Each of the `changes` of its
    meaning made a new version, and is a break in its series.
    """

    id: str
    title: str
    definition: str
    numerator: str
    denominator: str | None
    measures: tuple[Measure, ...]
    family: str
    source: str
    changes: tuple[Change, ...] = ()
    direction: Direction = Direction.NONE
    levels: tuple[Level, ...] = tuple(Level)
    breakdowns: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    is_snapshot: bool = False
    is_distinct: bool = False
    has_floor: bool = True

    @property
    def version(self) -> int:
        """Return the version of its definition in force: 1 until it is changed."""
        return self.changes[-1].version if self.changes else 1

    @property
    def sheets(self) -> tuple[str, ...]:
        """Return the sheets whose rows it is measured from."""
        return SHEETS_READ[self.family]

    @property
    def has_baseline(self) -> bool:
        """Tell whether it is held against the months before the pandemic, and so measured from their returns too."""
        return self.family in ("recovery", "variation")

    def breakdowns_of(self, measure: Measure) -> tuple[str, ...]:
        """Return the breakdowns that `measure` is given by, `all` first."""
        own = self.breakdowns if measure.breakdowns is None else measure.breakdowns
        return ("all", *own)

    def cells(self) -> Iterator[tuple[Measure, str, str]]:
        """Yield each measure with each breakdown and category that it is declared for."""
        for measure in self.measures:
            for breakdown in self.breakdowns_of(measure):
                for category in BREAKDOWNS[breakdown][1]:
                    if breakdown == "all" or not self.only or category in self.only:
                        yield measure, breakdown, category


def _percent(
    people: People = People.NONE, *, is_share: bool = True, interval: Interval = Interval.NONE
) -> tuple[Measure, ...]:
    return (Measure("main", "Percentage", "%", people=people, is_share=is_share, interval=interval),)


def _share_of_people(name: str = "main", label: str = "Percentage") -> Measure:
    return Measure(name, label, "%", people=People.BOTH, is_share=True, interval=Interval.WILSON)


def _number_of_people() -> Measure:
    return Measure("count", "Number of people", "people", 0, 1, People.NUMERATOR, is_count=True, interval=Interval.BYAR)


def _people_per_adults(label: str, unit: str, factor: int, breakdowns: tuple[str, ...] | None = None) -> Measure:
    return Measure(
        "rate",
        label,
        unit,
        factor=factor,
        people=People.NUMERATOR,
        interval=Interval.BYAR,
        has_population=True,
        breakdowns=breakdowns,
    )


_RECOVERY = "Written statement on the day opportunities review, 2024: pace of recovery and variation across regions"
_REVIEW = "Written statement on the day opportunities review, 2024"
_POWYS = "Powys day opportunities model, 2025"
_WORKFORCE = "Senedd answer on the social care workforce and the Real Living Wage"
_WREXHAM = "Wrexham social services annual report, 2024"
_OFFER = "Performance and Improvement Framework, CA/007a to CA/007c"
_BASELINE = "the same calendar months of April 2019 to February 2020 (March: the mean of January and February 2020)"
_LIKE = "Only authorities with both a baseline and a current return for a month are compared in that month."
_ADULTS = "population aged 18 and over (65 and over for older people), mid-2020 unless another estimate is named"

INDICATORS: tuple[Indicator, ...] = (
    Indicator(
        id="DO01",
        title="People attending day opportunities",
        definition=(
            "Different people who attended at least one half-day in the period, by commissioning authority. A person "
            "at two providers counts once. Where a return has no person-level sheets, its own monthly counts are used, "
            "and over longer periods the highest month of each cell, which is a lower bound (note code e)."
        ),
        numerator="different people who attended",
        denominator=f"for the rate: {_ADULTS}, in thousands",
        measures=(
            _number_of_people(),
            _people_per_adults("People per 1,000 adults", "per 1,000", 1000, ("client_group", "setting")),
        ),
        family="people",
        source=_RECOVERY,
        breakdowns=("client_group", "age_band", "setting"),
        is_distinct=True,
    ),
    Indicator(
        id="DO02",
        title="Recovery: people",
        definition=f"People attending now, as a percentage of people attending before the pandemic. {_LIKE}",
        numerator="different people who attended in each month, summed over the months",
        denominator=f"people who attended in {_BASELINE}",
        measures=_percent(People.BOTH, is_share=False),
        family="recovery",
        source=_RECOVERY,
        direction=Direction.UP,
        breakdowns=("client_group", "setting"),
    ),
    Indicator(
        id="DO03",
        title="Recovery: sessions",
        definition=f"Half-days attended now, as a percentage of half-days attended before the pandemic. {_LIKE}",
        numerator="sessions attended",
        denominator=f"sessions attended in {_BASELINE}",
        measures=_percent(is_share=False),
        family="recovery",
        source=_RECOVERY,
        direction=Direction.UP,
        breakdowns=("client_group", "setting"),
    ),
    Indicator(
        id="DO04",
        title="Recovery: hours",
        definition=f"Hours of support now, as a percentage of hours before the pandemic. {_LIKE}",
        numerator="hours delivered",
        denominator=f"hours delivered in {_BASELINE}",
        measures=_percent(is_share=False),
        family="recovery",
        source=_RECOVERY,
        direction=Direction.UP,
        breakdowns=("client_group",),
    ),
    Indicator(
        id="DO05",
        title="Recovery: open sessions",
        definition=f"Half-days on which services were open, as a percentage of those before the pandemic. {_LIKE}",
        numerator="open sessions held",
        denominator=f"open sessions held in {_BASELINE}",
        measures=_percent(is_share=False),
        family="recovery",
        source=_RECOVERY,
        direction=Direction.UP,
        breakdowns=("setting",),
    ),
    Indicator(
        id="DO06",
        title="Regional variation in recovery",
        definition=(
            "How far apart the authorities of an area are in the recovery of people (DO02). Given where at least two "
            "authorities have a figure that may be shown."
        ),
        numerator="the highest less the lowest DO02 of its authorities; for the variation, their standard deviation",
        denominator="for the variation, the mean of its authorities' DO02",
        measures=(
            Measure("range", "Highest less lowest", "percentage points", factor=1),
            Measure("variation", "Coefficient of variation", "%"),
        ),
        family="variation",
        source=_RECOVERY,
        direction=Direction.DOWN,
        levels=(Level.COUNTRY, Level.REGION),
    ),
    Indicator(
        id="DO07",
        title="Hours per person per week",
        definition="Hours of support a week, divided by people attending.",
        numerator="hours delivered in each month divided by its weeks (days / 7), summed over the months",
        denominator="people attending in each month, summed over the months",
        measures=(Measure("main", "Hours per person per week", "hours", factor=1, people=People.DENOMINATOR),),
        family="activity",
        source=f"{_REVIEW}: place-based support helps carers continue caring",
        direction=Direction.UP,
        breakdowns=("client_group", "tier"),
    ),
    Indicator(
        id="DO08",
        title="Tier mix",
        definition="The share of people attending who attend services of each tier.",
        numerator="people attending services of the tier",
        denominator="people attending",
        measures=tuple(
            _share_of_people(f"tier_{tier}", f"Tier {tier}: {label}") for tier, label in CODE_LISTS["tier"].items()
        ),
        family="activity",
        source=_POWYS,
    ),
    Indicator(
        id="DO09",
        title="Building-based share",
        definition="The share of half-days attended that were at services with a building base.",
        numerator="sessions attended at services whose setting is a building",
        denominator="sessions attended",
        measures=_percent(),
        family="activity",
        source=f"{_REVIEW}: many value place-based support such as day centres",
        breakdowns=("client_group",),
    ),
    Indicator(
        id="DO10",
        title="Direct payment share",
        definition="The share of people attending who pay with a direct payment.",
        numerator="people attending who have a direct payment",
        denominator="people attending",
        measures=(_share_of_people(),),
        family="activity",
        source=f"{_POWYS}; Performance and Improvement Framework, AD/013 over AD/012",
        breakdowns=("client_group",),
    ),
    Indicator(
        id="DO11",
        title="Occupancy",
        definition="Half-days attended as a percentage of places open, at services that have a number of places.",
        numerator="sessions attended at services with places",
        denominator="places a session, times open sessions held",
        measures=_percent(is_share=False),
        family="services",
        source=f"{_REVIEW}: best use of existing services",
        breakdowns=("setting", "tier"),
    ),
    Indicator(
        id="DO12",
        title="Sessions cancelled by the provider",
        definition="The share of planned half-days that the provider called off.",
        numerator="sessions cancelled by the provider",
        denominator="sessions planned",
        measures=_percent(),
        family="activity",
        source=f"{_POWYS}: consistent and reliable",
        direction=Direction.DOWN,
        breakdowns=("setting",),
    ),
    Indicator(
        id="DO13",
        title="Respite hours per carer",
        definition="Hours of respite given a month to each carer supported.",
        numerator="respite hours delivered",
        denominator="carers supported in each month, summed over the months",
        measures=(Measure("main", "Hours per carer per month", "hours", factor=1, people=People.DENOMINATOR),),
        family="carers",
        source=f"{_REVIEW}: support helps carers continue caring; {_POWYS}",
        direction=Direction.UP,
        breakdowns=("carer_group",),
    ),
    Indicator(
        id="DO14",
        title="Respite delivered as planned",
        definition="Hours of respite given as a percentage of hours planned.",
        numerator="respite hours delivered",
        denominator="respite hours planned",
        measures=_percent(is_share=False),
        family="carers",
        source=f"{_POWYS}: worry-free respite",
        direction=Direction.UP,
    ),
    Indicator(
        id="DO15",
        title="Agency share of hours",
        definition=(
            "The share of all hours worked in the last month of the quarter that agency workers worked; and by "
            "contract, the share of workers who are from an agency, and of own staff who are on a fixed term."
        ),
        numerator="agency hours; for contracts, agency workers; own staff on a fixed term",
        denominator="all hours, agency included; for contracts, all workers; own staff",
        measures=(
            *_percent(),
            _share_of_people("agency_workers", "Agency workers, of all workers"),
            _share_of_people("fixed_term", "On a fixed-term contract, of own staff"),
        ),
        family="workforce",
        source=_WREXHAM,
        direction=Direction.DOWN,
        breakdowns=("provider_sector", "role"),
        is_snapshot=True,
    ),
    Indicator(
        id="DO16",
        title="Vacancy rate",
        definition="Empty posts as a percentage of all posts, in whole-time equivalents.",
        numerator="vacant whole-time equivalents",
        denominator="whole-time equivalents in post and vacant",
        measures=_percent(),
        family="workforce",
        source=_WORKFORCE,
        direction=Direction.DOWN,
        breakdowns=("role",),
        is_snapshot=True,
    ),
    Indicator(
        id="DO17",
        title="Turnover",
        definition="Own staff who left in twelve months, as a percentage of the mean headcount of those months.",
        numerator="own staff who left in the last 12 months",
        denominator="mean of own headcount now and 12 months ago (now, less starters, plus leavers)",
        measures=_percent(People.BOTH, is_share=False, interval=Interval.BYAR),
        family="workforce",
        source=_WORKFORCE,
        direction=Direction.DOWN,
        breakdowns=("provider_sector",),
        is_snapshot=True,
    ),
    Indicator(
        id="DO18",
        title="Paid at or above the Real Living Wage",
        definition=(
            "The share of own staff, where their pay is known, paid at or above the Real Living Wage in force on the "
            "last day of the quarter. A rate is in force from 1 May of its financial year, by when employers are to "
            "pay it; release_v1.real_living_wage lists the rates."
        ),
        numerator="own staff paid at or above the rate",
        denominator="own staff whose rate is known",
        measures=(_share_of_people(),),
        family="workforce",
        source=_WORKFORCE,
        direction=Direction.UP,
        breakdowns=("provider_sector", "role"),
        is_snapshot=True,
    ),
    Indicator(
        id="DO19",
        title="Welsh language ability of staff",
        definition="The share of own staff, where their ability is recorded, who have some Welsh or are fluent.",
        numerator="own staff with some or fluent Welsh",
        denominator="own staff with none, some or fluent Welsh",
        measures=(_share_of_people(),),
        family="workforce",
        source="Social Care Wales workforce collection",
        direction=Direction.UP,
        is_snapshot=True,
    ),
    Indicator(
        id="DO20",
        title="Welsh active offer made",
        definition=(
            "The share of people on the registers to whom a service in Welsh was offered without their asking; of "
            "those, accepted; and of those, given in the language chosen. Where known, from person-level returns."
        ),
        numerator="people offered; who accepted; who were served in the language chosen",
        denominator="people of whom it is known; who were offered; who accepted",
        measures=(
            _share_of_people("main", "Offer made"),
            _share_of_people("accepted", "Offer accepted"),
            _share_of_people("delivered", "Given in the language chosen"),
        ),
        family="welsh_offer",
        source=_OFFER,
        direction=Direction.UP,
    ),
    Indicator(
        id="DO21",
        title="Volunteer hours per 100 sessions",
        definition="Hours given by volunteers for every 100 half-days attended.",
        numerator="volunteer hours",
        denominator="sessions attended, in hundreds",
        measures=(Measure("main", "Hours per 100 sessions", "hours"),),
        family="volunteers",
        source="Senedd written question WQ84325 on volunteering",
        direction=Direction.UP,
        breakdowns=("setting", "tier"),
    ),
    Indicator(
        id="DO22",
        title="People waiting",
        definition="People waiting for a day opportunity on the last day of the quarter.",
        numerator="people waiting",
        denominator=f"for the rate: {_ADULTS}, in tens of thousands",
        measures=(
            _number_of_people(),
            _people_per_adults("People per 10,000 adults", "per 10,000", 10_000),
        ),
        family="waiting",
        source=_WREXHAM,
        direction=Direction.DOWN,
        breakdowns=("client_group",),
        is_snapshot=True,
    ),
    Indicator(
        id="DO23",
        title="Waiting over 12 weeks",
        definition="The share of people waiting who have waited 12 weeks or more, and in each band of weeks.",
        numerator="people waiting 12 weeks or more; in each band of weeks",
        denominator="people waiting",
        measures=(
            _share_of_people(),
            _share_of_people("under_6_weeks", "Under 6 weeks"),
            _share_of_people("from_6_weeks", "6 to under 12 weeks"),
            _share_of_people("from_12_weeks", "12 to under 26 weeks"),
            _share_of_people("from_26_weeks", "26 weeks or more"),
        ),
        family="waiting",
        source=_WREXHAM,
        direction=Direction.DOWN,
        breakdowns=("client_group",),
        is_snapshot=True,
    ),
    Indicator(
        id="DO24",
        title="In paid work (supported employment)",
        definition="The share of people with paid work as a goal who are in paid work, and for 13 weeks or more.",
        numerator="people in paid work; for 13 weeks or more",
        denominator="people whose plan has paid work as a goal",
        measures=(
            _share_of_people("main", "In paid work"),
            _share_of_people("sustained_13w", "In paid work for 13 weeks"),
        ),
        family="outcomes",
        source=f"{_REVIEW}: employment and economic inactivity",
        direction=Direction.UP,
        breakdowns=("client_group",),
        only=("LD", "AUT", "MH"),
    ),
    Indicator(
        id="DO25",
        title="Digital participation",
        definition="The share of people attending who take part digitally, where it is recorded.",
        numerator="people taking part digitally",
        denominator="people attending, on rows where digital participation is recorded",
        measures=(_share_of_people(),),
        family="activity",
        source=f"{_REVIEW}: digital improvements to connect people",
        breakdowns=("age_band",),
    ),
    Indicator(
        id="DO26",
        title="Plans co-produced",
        definition="The share of plans reviewed that were made together with the person.",
        numerator="plans co-produced",
        denominator="plans reviewed on time",
        measures=(_share_of_people(),),
        family="outcomes",
        source=f"{_REVIEW}: co-production; quality standard 1 of the April 2020 Code",
        direction=Direction.UP,
        breakdowns=("client_group",),
    ),
    Indicator(
        id="DO27",
        title="Personal outcomes achieved",
        definition="The share of personal outcomes reviewed that were achieved; one achieved in part counts as a half.",
        numerator="outcomes achieved in full, and half of those achieved in part",
        denominator="outcomes reviewed",
        measures=(_share_of_people(),),
        family="outcomes",
        source=f"{_REVIEW}: needs identified by the people themselves are met",
        direction=Direction.UP,
        breakdowns=("client_group", "tier"),
    ),
    Indicator(
        id="DO28",
        title="Out-of-county share",
        definition=(
            "The share of people attending whose service is in another authority than the one that commissions it; "
            "and of those, where the journey is known, the share who travel more than 45 minutes. What is nearer "
            "home may lie across a border."
        ),
        numerator="people attending outside their commissioning authority; of those, travelling over 45 minutes",
        denominator="people attending; for the journey, people attending out of county whose journey is known",
        measures=(
            _share_of_people("main", "Out of county"),
            _share_of_people("over_45_minutes", "Of those, travelling over 45 minutes"),
        ),
        family="people",
        source=f"{_WREXHAM}: care closer to home",
        direction=Direction.DOWN,
        breakdowns=("client_group",),
        is_distinct=True,
    ),
    Indicator(
        id="DO29",
        title="Cost per attended session",
        definition="What services cost for each half-day attended, over services whose costs are returned.",
        numerator="staff, agency, premises, transport and other costs",
        denominator="sessions attended at services whose costs are returned",
        measures=(Measure("main", "Cost per session", "GBP", places=2, factor=1),),
        family="finance",
        source=f"{_REVIEW}: best use of existing services",
        breakdowns=("setting", "tier", "provider_sector"),
    ),
    Indicator(
        id="DO30",
        title="Return coverage",
        definition="The share of services expected to return that a current return is about.",
        numerator="services returned, summed over the months",
        denominator="services expected, summed over the months",
        measures=_percent(),
        family="coverage",
        source="Code of practice, National Framework for Commissioning, standard 3: collate relevant and accurate data",
        direction=Direction.UP,
        has_floor=False,
    ),
)

FAMILIES: tuple[str, ...] = tuple(dict.fromkeys(indicator.family for indicator in INDICATORS))
"""The families in the order in which they are measured: `variation` follows `recovery`, which it reads."""

_OF_PEOPLE = ("SERVICES", "ACTIVITY", "PEOPLE", "ATTENDANCE")

SHEETS_READ: dict[str, tuple[str, ...]] = {
    "people": _OF_PEOPLE,
    "recovery": _OF_PEOPLE,
    "variation": _OF_PEOPLE,
    "activity": ("SERVICES", "ACTIVITY"),
    "services": ("SERVICES", "ACTIVITY"),
    "carers": ("SERVICES", "CARERS"),
    "workforce": ("WORKFORCE",),
    "welsh_offer": ("SERVICES", "PEOPLE"),
    "volunteers": ("SERVICES", "ACTIVITY", "VOLUNTEERS"),
    "waiting": ("SERVICES", "WAITING"),
    "outcomes": ("SERVICES", "OUTCOMES"),
    "finance": ("SERVICES", "ACTIVITY", "FINANCE"),
    "coverage": ("SERVICES",),
}
"""The sheets whose rows the figures of each family are measured from."""

REASONS: dict[str, str] = {
    "not_measured": "It cannot be known: nothing that it is measured from came, or it would be divided by nought.",
    "coverage": "Too few of the services expected are returned: its coverage is below the floor.",
    "numerator": "Its numerator counts fewer people than the threshold.",
    "numerator_of_months": "In none of its months does the numerator count as many people as the threshold.",
    "denominator": "Its denominator counts fewer people than the threshold.",
    "denominator_of_months": "In none of its months does the denominator count as many people as the threshold.",
    "rest": "It is a share, and the rest of its whole is fewer people than the threshold.",
    "rest_of_months": "It is a share, and in none of its months is the rest as many people as the threshold.",
    "dominance": "One or two providers account for nearly all of the amount.",
    "complementary": "It could serve to work out a figure beside it that is confidential.",
    "too_few_shown": "Fewer than two of the authorities that it compares have a figure that is shown.",
}
"""Why a figure is not shown, by the code that stands beside it."""


def indicator(indicator_id: str) -> Indicator:
    """Return the indicator called `indicator_id`; raise KeyError where there is none."""
    for one in INDICATORS:
        if one.id == indicator_id:
            return one
    raise KeyError(f"no indicator {indicator_id}")
