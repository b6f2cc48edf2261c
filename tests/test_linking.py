"""What is published, as linked tables: every sum that an attacker could use ties the cells together."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest

from expectations.disclosure import MADE_OF, QUANTITIES, WORKED_OUT, Kind
from expectations.indicators import INDICATORS, Measure, People
from expectations.reference import WALES, authorities, regions
from expectations.releases import Key
from warehouse.disclosure.tables import Cell, LinkedTables
from warehouse.linking import Linking, Part, Policy

JULY, AUGUST, SEPTEMBER = date(2026, 7, 1), date(2026, 8, 1), date(2026, 9, 1)
POWYS, POWYS_REGION = "W06000023", next(one.region_code for one in authorities() if one.code == "W06000023")


def part(
    measure: str, area: str, numerator: float, denominator: float | None = None, month: date = AUGUST, **given: Any
) -> Part:
    """Return a figure of a month: `measure` is such as "DO01 count"; of a category, where it is given."""
    kind, start = given.pop("kind", "month"), given.pop("start", month)
    breakdown, category = given.pop("category", ("all", "ALL"))
    indicator_id, name = measure.split()
    key = Key(indicator_id, name, area, kind, start, breakdown, category)
    return Part(key, month, numerator, denominator, **given)


def linked(parts: Iterable[Part], published: dict[str, list[Part]] | None = None, **policy: Any) -> LinkedTables:
    linking = Linking(Policy(**policy))
    for release_id, told in (published or {}).items():
        linking.published(release_id, told)
    linking.today(list(parts))
    return linking.tables()


def sums(tables: LinkedTables) -> list[dict[tuple[str, ...], float]]:
    """Return every equation as its coefficients by quantity, area, first and last month and category."""
    return [
        {_named(tables.cells[at]): times for at, times in zip(one.cells, one.coefficients, strict=True)}
        for one in tables.equations
    ]


def _named(cell: Cell) -> tuple[str, ...]:
    quantity, area, first, through, _, category, *_ = cell.key
    return quantity, area, first, through, category


def cell(tables: LinkedTables, quantity: str, area: str = WALES) -> Cell:
    (found,) = [one for one in tables.cells if one.key[:2] == (quantity, area)]
    return found


def everywhere(measure: str, people: int = 10) -> list[Part]:
    """Return a figure of every authority, region and Wales, which add up."""
    own = {one.code: people for one in authorities()}
    above = {one.code: sum(own[la.code] for la in authorities() if la.region_code == one.code) for one in regions()}
    return [part(measure, area, number) for area, number in {WALES: sum(own.values()), **above, **own}.items()]


# --- the closed list --------------------------------------------------------------------------------------------------


def counts_people(measure: Measure) -> bool:
    return measure.people is not People.NONE


def test_every_measure_that_counts_people_is_made_of_declared_quantities() -> None:
    counting = {(one.id, measure.name) for one in INDICATORS for measure in one.measures if counts_people(measure)}
    names = {one.name for one in QUANTITIES}
    of_money = {key for key, made in MADE_OF.items() if made.numerator == "cost"}
    assert counting == set(MADE_OF) - of_money
    assert {
        made.partition(":")[0] for both in MADE_OF.values() for made in (both.numerator, both.denominator) if made
    } == names


@pytest.mark.parametrize(
    "one", [one for one in INDICATORS if any(map(counts_people, one.measures))], ids=lambda one: one.id
)
def test_the_quantities_stand_on_the_side_where_people_are_counted(one: Any) -> None:
    for measure in filter(counts_people, one.measures):
        made = MADE_OF[one.id, measure.name]
        assert bool(made.numerator) == (measure.people in (People.NUMERATOR, People.BOTH))
        assert bool(made.denominator) == (measure.people in (People.DENOMINATOR, People.BOTH)) or one.id == "DO01"


def test_everything_that_costs_money_is_protected_by_provider() -> None:
    pounds = {one.id for one in INDICATORS for measure in one.measures if measure.unit == "GBP"}
    money = {one.name for one in QUANTITIES if one.kind is Kind.MONEY}
    assert pounds == {key[0] for key, made in MADE_OF.items() if made.numerator in money}


def test_what_is_worked_out_from_shown_figures_is_declared_nowhere_else() -> None:
    assert not WORKED_OUT & {indicator_id for indicator_id, _ in MADE_OF}


# --- areas and categories ---------------------------------------------------------------------------------------------


def test_authorities_make_up_their_regions_and_regions_make_up_wales() -> None:
    wholes = [{name[1] for name, times in one.items() if times < 0} for one in sums(linked(everywhere("DO22 count")))]
    assert sorted(*zip(*map(tuple, wholes), strict=True)) == sorted([WALES, *(one.code for one in regions())])


def test_a_region_of_one_authority_is_that_authority() -> None:
    tables = linked([part("DO22 count", POWYS, 3), part("DO22 count", POWYS_REGION, 3)])
    (one,) = sums(tables)
    assert sorted(one.values()) == [-1, 1]


def test_categories_make_up_all_of_their_area_for_each_breakdown() -> None:
    groups = [
        part("DO01 count", WALES, 6, category=("client_group", "LD")),
        part("DO01 count", WALES, 4, category=("client_group", "OP")),
    ]
    ages = [part("DO01 count", WALES, 10, category=("age_band", "85+"))]
    tables = linked([part("DO01 count", WALES, 10), *groups, *ages])
    assert sorted(len(one) for one in sums(tables)) == [2, 3]


def test_what_no_figure_tells_but_a_subtraction_does_is_a_cell_too_and_sensitive_where_it_is_small() -> None:
    tables = linked([part("DO22 count", POWYS, 20), part("DO22 count", POWYS_REGION, 23)])
    (rest,) = [one for one in tables.cells if one.key[0].startswith("waiting rest")]
    assert (rest.value, rest.needed_high) == (3, 5)


def test_people_who_count_in_two_authorities_and_once_in_the_region_are_known_to_the_attacker() -> None:
    tables = linked([part("DO01 count", POWYS, 20), part("DO01 count", POWYS_REGION, 19)])
    assert [one.key[0] for one in tables.cells] == ["attending", "attending"]


# --- what figures have in common --------------------------------------------------------------------------------------


def test_figures_that_are_made_of_the_same_quantity_share_its_cell() -> None:
    tables = linked([part("DO01 count", WALES, 60), part("DO01 rate", WALES, 60, 2e6), part("DO28 main", WALES, 9, 60)])
    count, rate, share = (set(unit.cells) for unit in tables.units)
    assert count == rate < share


def test_a_share_is_its_part_its_rest_and_its_whole() -> None:
    tables = linked([part("DO23 main", WALES, 57, 60)])
    assert {one.key[0]: one.value for one in tables.cells} == {
        "waiting_long": 57,
        "waiting": 60,
        "rest of DO23 main": 3,
    }
    assert sorted(tables.equations[0].coefficients) == [-1, 1, 1]
    assert cell(tables, "rest of DO23 main").needed_high == 5


def test_the_tiers_are_the_categories_of_the_people_that_other_figures_divide_by() -> None:
    tiers = [part(f"DO08 tier_{tier}", WALES, people, 30) for tier, people in enumerate((5, 10, 15), 1)]
    hours = [
        part("DO07 main", WALES, 99, people, category=("tier", str(tier))) for tier, people in enumerate((5, 10, 15), 1)
    ]
    tables = linked([*tiers, *hours])
    assert len([one for one in tables.cells if one.key[0] == "people_returned"]) == 4


def test_people_attending_are_those_who_are_held_against_the_baseline_where_there_are_as_many() -> None:
    same = linked([part("DO01 count", POWYS, 20), part("DO02 main", POWYS, 20, 40)])
    other = linked([part("DO01 count", POWYS, 20), part("DO02 main", POWYS, 18, 40)])
    assert (len(same.equations), len(other.equations)) == (1, 0)


def test_those_whose_journey_is_known_are_some_of_those_out_of_county() -> None:
    tables = linked([part("DO28 main", WALES, 30, 90), part("DO28 over_45_minutes", WALES, 10, 25)])
    (one,) = [one for one in sums(tables) if any("more than" in name[0] for name in one)]
    assert len(one) == 3


def test_the_bands_of_weeks_make_up_all_who_wait_and_those_who_wait_long() -> None:
    bands = {"under_6_weeks": 10, "from_6_weeks": 8, "from_12_weeks": 7, "from_26_weeks": 5}
    tables = linked(
        [part("DO23 main", WALES, 12, 30), *(part(f"DO23 {name}", WALES, n, 30) for name, n in bands.items())]
    )
    sizes = sorted(len(one) for one in sums(tables) if not any("rest" in name[0] for name in one))
    assert sizes == [3, 5]


# --- time -------------------------------------------------------------------------------------------------------------


def quarter(
    measure: str, numerator: float, denominator: float | None = None, through: date = AUGUST, **given: Any
) -> Part:
    return part(measure, WALES, numerator, denominator, through, kind="quarter", start=JULY, **given)


def test_a_sum_of_months_is_tied_to_them_where_the_earlier_one_was_published() -> None:
    today = [part("DO13 main", WALES, 9, 20), quarter("DO13 main", 19, 50)]
    assert linked(today).equations == ()
    (one,) = sums(linked(today, {"2026-07-r1": [part("DO13 main", WALES, 10, 30, JULY)]}))
    assert {name[2:4]: times for name, times in one.items()} == {
        ("2026-07-01", "2026-08-01"): -1,
        ("2026-07-01", "2026-07-01"): 1,
        ("2026-08-01", "2026-08-01"): 1,
    }


def test_a_sum_so_far_is_tied_to_the_sum_that_was_published_a_month_before() -> None:
    before = [quarter("DO13 main", 10, 30, JULY)]
    (one,) = sums(linked([part("DO13 main", WALES, 9, 20), quarter("DO13 main", 19, 50)], {"2026-07-r1": before}))
    assert sorted(name[2:4] for name in one) == [
        ("2026-07-01", "2026-07-01"),
        ("2026-07-01", "2026-08-01"),
        ("2026-08-01", "2026-08-01"),
    ]


def test_different_people_of_a_quarter_are_known_to_be_no_fewer_than_those_of_any_of_its_months() -> None:
    tables = linked([part("DO01 count", WALES, 20), quarter("DO01 count", 26)])
    assert sorted(one.least for one in tables.cells) == [0, 20]


def test_a_snapshot_of_a_quarter_is_that_of_its_month_and_so_hidden_with_it() -> None:
    tables = linked([part("DO23 main", WALES, 8, 20), quarter("DO23 main", 8, 20)])
    month, longer = (unit.cells for unit in tables.units)
    assert month == longer


def test_a_quarter_of_one_month_so_far_is_that_month() -> None:
    tables = linked([part("DO13 main", WALES, 9, 20, JULY), quarter("DO13 main", 9, 20, JULY)])
    assert (len(tables.cells), tables.equations) == (1, ())


def test_a_sum_in_which_nobody_may_stand_behind_five_is_sensitive_until_a_month_could_reach_it() -> None:
    small = linked([quarter("DO13 main", 9, 6, denominator_at_once=3)])
    large = linked([quarter("DO13 main", 9, 6, denominator_at_once=5)])
    assert (cell(small, "carers").needed_high, cell(large, "carers").needed_high) == (9, None)


# --- what was published before ----------------------------------------------------------------------------------------


def test_what_an_earlier_release_told_and_still_holds_cannot_be_hidden_any_more() -> None:
    told = [part("DO22 count", WALES, 20)]
    (unit,) = linked(told, {"2026-08-r1": told}).units
    assert unit.is_frozen
    assert not linked([part("DO22 count", WALES, 21)], {"2026-08-r1": told}).units[0].is_frozen


def test_what_an_earlier_release_hid_costs_little_to_hide_again() -> None:
    before = [part("DO22 count", WALES, 20, status="confidential")]
    assert linked([part("DO22 count", WALES, 20)], {"2026-08-r1": before}).units[0].was_hidden


def test_a_small_number_that_is_public_already_is_no_secret() -> None:
    told = [part("DO22 count", WALES, 3)]
    assert not cell(linked(told, {"2026-08-r1": told}), "waiting").is_sensitive


def test_both_versions_of_a_revised_figure_are_tied_to_what_did_not_change() -> None:
    before = [part("DO22 count", POWYS, 20), part("DO22 count", POWYS_REGION, 20)]
    today = [part("DO22 count", POWYS, 21), part("DO22 count", POWYS_REGION, 21)]
    tables = linked(today, {"2026-08-r1": before})
    assert (len(tables.cells), len(tables.equations)) == (4, 2)


# --- money and single providers ---------------------------------------------------------------------------------------


def test_money_that_two_providers_account_for_is_sensitive_and_that_of_many_is_not() -> None:
    few = linked([part("DO29 main", WALES, 1000, 50, largest=700, second_largest=290)])
    many = linked([part("DO29 main", WALES, 1000, 50, largest=200, second_largest=190)])
    assert (cell(few, "cost").is_sensitive, cell(many, "cost").is_sensitive) == (True, False)


def test_a_figure_of_one_provider_is_known_to_it() -> None:
    assert cell(linked([part("DO22 count", WALES, 20, only_provider="DOP00001")]), "waiting").insider == "DOP00001"


def test_a_figure_that_is_not_available_is_no_figure_and_its_cells_stay_unknown() -> None:
    tables = linked([part("DO22 count", WALES, 3, status="not_available")])
    assert (tables.units, cell(tables, "waiting").is_sensitive) == ((), True)
