"""Disclosure control of linked tables: what a reader could work out, what is hidden against it, and at what loss."""

import functools
import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import tau_argus
from scipy.optimize import linprog

from assets import protect
from bench import populations
from bench.optimum import least_weight
from bench.populations import areas, categories, people
from resources.settings import Settings
from warehouse.disclosure import suppress as suppression
from warehouse.disclosure.apart import Each
from warehouse.disclosure.attack import Exposure, attack
from warehouse.disclosure.dominance import Protection, dominance
from warehouse.disclosure.programs import SolverError
from warehouse.disclosure.suppress import Part, UnprotectableError, protected, suppress
from warehouse.disclosure.tables import Cell, Equation, LinkedTables, Unit

SMALL_WALES = (2, 1, 1, 1, 2, 1, 1)
"""Seven regions, most of which have one authority only, as Powys has."""


def tables(
    cells: Mapping[str, float | Cell],
    sums: Mapping[str, Sequence[str]],
    units: Mapping[str, Sequence[str]] | None = None,
    **weights: float,
) -> LinkedTables:
    """Return tables of these cells and sums; counts of 1 to 4 are sensitive, and each cell is a figure of its own."""
    places = {name: place for place, name in enumerate(cells)}
    made = [cell if isinstance(cell, Cell) else a_count(name, cell) for name, cell in cells.items()]
    told: Mapping[str, Sequence[str]] = units or {name: [name] for name in cells}
    rows = [
        Equation(tuple(places[name] for name in (total, *sums[total])), (1.0, *[-1.0] * len(sums[total])))
        for total in sums
    ]
    figures = [
        Unit((name,), tuple(places[cell] for cell in of_unit), weights.get(name, 10.0))
        for name, of_unit in told.items()
    ]
    return LinkedTables(tuple(made), tuple(figures), tuple(rows))


def a_count(name: str, people: float, **given: Any) -> Cell:
    """Return a count of people, which must be possible to be 5 where it is 1 to 4."""
    return Cell((name,), people, needed_high=5.0 if 0 < people < 5 else None, **given)


def a_row(**weights: float) -> LinkedTables:
    """Return three counts and their total, one of them small."""
    return tables({"few": 3, "some": 20, "many": 30, "all": 53}, {"all": ["few", "some", "many"]}, None, **weights)


def with_frozen(given: LinkedTables, *names: str) -> LinkedTables:
    """Return the tables with these units published before."""
    units = tuple(Unit(unit.key, unit.cells, unit.weight, is_frozen=unit.key[0] in names) for unit in given.units)
    return LinkedTables(given.cells, units, given.equations)


def hide(given: LinkedTables, *names: str) -> frozenset[int]:
    """Return the places of the units with these names."""
    return frozenset(place for place, unit in enumerate(given.units) if unit.key[0] in names)


def names_of(given: LinkedTables, hidden: frozenset[int]) -> set[str]:
    """Return the first names of hidden units."""
    return {given.units[place].key[0] for place in hidden}


def weight_of(given: LinkedTables, hidden: frozenset[int]) -> float:
    """Return the weight of what is hidden."""
    return sum(given.units[place].weight for place in hidden)


def protected_by(given: LinkedTables) -> set[str]:
    """Suppress, have the attacker look at it, and return the names of what is hidden."""
    hidden = suppress(given)
    assert attack(given, hidden) == ()
    return names_of(given, hidden)


# What a reader could work out.


def test_a_lone_hidden_count_is_what_is_missing_from_its_total() -> None:
    row = a_row()
    assert attack(row, hide(row, "few")) == (Exposure(0, ("few",), 3.0, 3.0, None),)


def test_a_small_count_that_is_shown_is_exposed() -> None:
    row = a_row()
    assert [(found.low, found.high) for found in attack(row, frozenset())] == [(3.0, 3.0)]


def test_a_second_hidden_count_lets_the_first_be_anything() -> None:
    row = a_row()
    assert attack(row, hide(row, "few", "some")) == ()


def test_a_count_that_cannot_reach_the_threshold_is_exposed_with_its_bounds() -> None:
    row = tables({"few": 3, "one": 1, "many": 30, "all": 34}, {"all": ["few", "one", "many"]})
    assert attack(row, hide(row, "few", "one")) == (
        Exposure(0, ("few",), 0.0, 4.0, None),
        Exposure(1, ("one",), 0.0, 4.0, None),
    )


def test_the_overlap_of_people_counted_once_does_not_hide_anything() -> None:
    row = tables({"few": 3, "some": 20, "many": 30, "all": 50}, {"all": ["few", "some", "many"]})
    assert attack(row, hide(row, "few"))[0][2:4] == (3.0, 3.0)


def test_a_hidden_amount_must_be_free_downwards_too() -> None:
    spent = Cell(("spent",), 1000.0, needed_high=1100.0, needed_low=900.0)
    row = tables({"spent": spent, "other": 40.0, "all": 1040.0}, {"all": ["spent", "other"]})
    assert attack(row, hide(row, "spent", "other")) == (Exposure(0, ("spent",), 0.0, 1040.0, None),)
    tied = tables(
        {"spent": spent, "more": 5000.0, "cap": 50.0, "all": 6000.0, "pair": 5050.0, "known": 6050.0},
        {"all": ["spent", "more"], "pair": ["more", "cap"], "known": ["all", "cap"]},
    )
    exposed = attack(tied, hide(tied, "spent", "more", "cap", "all"))
    assert [(found.low, found.high) for found in exposed] == [(1000.0, 1000.0)]


def test_a_cell_whose_need_is_behind_its_value_may_not_be_pinned_to_it() -> None:
    six = Cell(("six",), 6.0, needed_high=5.0)
    row = tables({"six": six, "many": 30, "all": 36}, {"all": ["six", "many"]}, many=1)
    assert attack(row, hide(row, "six"))[0][2:4] == (6.0, 6.0)
    assert protected_by(row) == {"six", "many"}


def test_what_is_never_published_is_unknown_and_what_is_known_from_elsewhere_is_not() -> None:
    names = {"few": ["few"], "all": ["all"], "many": ["many"]}
    for is_known, exposed in ((False, 0), (True, 1)):
        some = Cell(("some",), 20, is_known=is_known)
        row = tables({"few": 3, "some": some, "many": 30, "all": 53}, {"all": ["few", "some", "many"]}, names)
        assert len(attack(row, hide(row, "few"))) == exposed


def test_a_share_tells_its_part_its_rest_and_its_whole() -> None:
    share = {"share": ["part", "rest", "whole"]}
    seen = tables({"part": 20, "rest": 3, "whole": 23}, {"whole": ["part", "rest"]}, share)
    assert attack(seen, frozenset()) == (Exposure(1, ("rest",), 3.0, 3.0, None),)
    assert attack(seen, hide(seen, "share")) == ()


def test_the_bounds_are_those_of_one_large_linear_program_over_everything() -> None:
    given = people(7, [areas((2, 1, 2)), categories("g", 3)], 20)
    hidden = given.primary | {place for place in range(len(given.units)) if place % 5 == 0}
    for found in attack(given, hidden):
        assert (found.low, found.high) == pytest.approx(plain_bounds(given, hidden, found.cell), abs=1e-5)


def plain_bounds(given: LinkedTables, hidden: frozenset[int], cell: int) -> tuple[float, float]:
    """Return the bounds of a cell by two linear programs over all cells, with nothing left out."""
    values = np.array([each.value for each in given.cells])
    rows = np.zeros((len(given.equations), len(values)))
    for at, row in enumerate(given.equations):
        rows[at, list(row.cells)] = row.coefficients
    known = given.known(hidden)
    bounds = [(value, value) if is_known else (0, None) for value, is_known in zip(values, known, strict=True)]
    cost = np.zeros(len(values))
    cost[cell] = 1.0
    ends = [linprog(sign * cost, A_eq=rows, b_eq=rows @ values, bounds=bounds) for sign in (1, -1)]
    return ends[0].fun, -ends[1].fun if ends[1].status == 0 else math.inf


# Insiders.


def an_insiders_row(**weights: float) -> LinkedTables:
    """Return a row in which one count is of one provider alone."""
    some = Cell(("some",), 20, insider="DOP00001")
    return tables({"few": 3, "some": some, "many": 30, "all": 53}, {"all": ["few", "some", "many"]}, None, **weights)


def test_a_count_of_one_provider_does_not_protect_against_that_provider() -> None:
    row = an_insiders_row()
    assert attack(row, hide(row, "few", "some")) == (Exposure(0, ("few",), 3.0, 3.0, "DOP00001"),)


def test_another_count_is_hidden_against_the_provider_though_it_costs_more() -> None:
    assert protected_by(an_insiders_row(some=1, many=50, all=90)) == {"few", "many"}
    assert protected_by(a_row(some=1, many=50, all=90)) == {"few", "some"}


def test_a_provider_may_know_its_own_small_count() -> None:
    few = Cell(("few",), 3, needed_high=5.0, insider="DOP00001")
    row = tables({"few": few, "some": 20, "many": 30, "all": 53}, {"all": ["few", "some", "many"]})
    assert attack(row, hide(row, "few", "some")) == ()


def test_a_provider_is_kept_to_what_his_own_books_tell() -> None:
    """He spent 900 of 1,000 himself, so he knows that no less was spent; the others' 100 must not be told."""
    own = Cell(("own",), 900.0, insider="DOP00001")
    both = Cell(("both",), 1000.0, needed_high=1200.0, needed_low=800.0)
    row = tables({"own": own, "other": 100.0, "both": both, "all": 1000.0}, {"both": ["own", "other"], "all": ["both"]})
    assert attack(row, hide(row, "both", "all", "own", "other")) == ()
    told = attack(row, hide(row, "both", "all", "own"))
    assert (Exposure(2, ("both",), 1000.0, 1000.0, "DOP00001")) in told
    assert protected_by(row) == {"own", "other", "both", "all"}


def test_two_small_counts_of_two_providers_do_not_protect_each_other() -> None:
    cells = {name: Cell((name,), 3, needed_high=5.0, insider=f"DOP{name}") for name in ("a", "b")}
    row = tables({**cells, "many": 30, "all": 36}, {"all": ["a", "b", "many"]})
    exposed = attack(row, hide(row, "a", "b"))
    assert {(found.key[0], found.insider) for found in exposed} >= {("a", "DOPb"), ("b", "DOPa")}
    assert protected_by(row) > {"a", "b"}


# What is hidden.


def test_nothing_is_hidden_where_nothing_is_small() -> None:
    assert suppress(tables({"some": 20, "many": 30, "all": 50}, {"all": ["some", "many"]})) == frozenset()


def test_the_figure_that_loses_least_is_hidden_beside_a_small_one() -> None:
    assert protected_by(a_row(some=2, many=1, all=9)) == {"few", "many"}
    assert protected_by(a_row(some=9, many=9, all=2)) == {"few", "all"}


def test_what_was_hidden_before_is_hidden_again_rather_than_something_new() -> None:
    row = a_row(some=2, many=9, all=9)
    units = [Unit(u.key, u.cells, u.weight, was_hidden=u.key == ("many",)) for u in row.units]
    assert protected_by(LinkedTables(row.cells, tuple(units), row.equations)) == {"few", "many"}


def test_what_is_frozen_stays_shown() -> None:
    assert protected_by(with_frozen(a_row(some=1, many=9, all=99), "some")) == {"few", "many"}


def test_cells_that_frozen_figures_give_away_are_named_without_their_values() -> None:
    with pytest.raises(UnprotectableError) as raised:
        suppress(with_frozen(a_row(), "some", "many", "all"))
    assert raised.value.cells == (("few",),)
    assert str(raised.value) == (
        "Nothing may be published: these cells (1) cannot be protected, because of figures that are already published "
        "or known: few"
    )


def test_a_small_number_that_was_published_before_cannot_be_protected() -> None:
    with pytest.raises(UnprotectableError, match="known: few"):
        suppress(with_frozen(a_row(), "few"))


def test_a_provider_from_whom_frozen_figures_give_a_count_away_stops_publication() -> None:
    with pytest.raises(UnprotectableError, match="known: few"):
        suppress(with_frozen(an_insiders_row(), "many", "all"))


def test_powys_is_hidden_as_a_region_where_it_is_hidden_as_an_authority() -> None:
    cells = {"Powys": 3, "Powys region": 3, "Gwent": 40, "Gwent region": 40, "Wales": 43}
    sums = {"Powys region": ["Powys"], "Gwent region": ["Gwent"], "Wales": ["Powys region", "Gwent region"]}
    wales = tables(cells, sums, Gwent=1, Wales=90)
    assert {found.key[0] for found in attack(wales, hide(wales, "Powys", "Gwent"))} == {"Powys", "Powys region"}
    assert protected_by(wales) == {"Powys", "Powys region", "Gwent", "Gwent region"}


def test_a_share_is_hidden_with_its_rest_and_with_a_count_that_tells_its_part() -> None:
    units = {"share": ["part", "rest", "whole"], "count": ["part"], "people": ["whole"]}
    given = tables({"part": 20, "rest": 3, "whole": 23}, {"whole": ["part", "rest"]}, units, count=1, people=5)
    assert attack(given, hide(given, "share")) == (Exposure(1, ("rest",), 3.0, 3.0, None),)
    assert protected_by(given) == {"share", "count"}


def test_two_figures_that_tell_the_same_cell_are_hidden_both_or_neither() -> None:
    units = {"few": ["few"], "some": ["some"], "again": ["some"], "many": ["many"], "all": ["all"]}
    cells = {"few": 3, "some": 20, "many": 30, "all": 53}
    given = tables(cells, {"all": ["few", "some", "many"]}, units, some=3, again=3, many=5, all=90)
    assert protected_by(given) == {"few", "many"}


def test_amounts_from_one_pound_to_ten_million_are_protected_by_their_providers() -> None:
    given, leaky = money(11), 0
    hidden = suppress(given)
    assert attack(given, hidden) == ()
    for unit in sorted(hidden - given.primary):
        leaky += bool(attack(given, hidden - {unit}))
    assert leaky == len(hidden - given.primary) > 0


def money(seed: int) -> LinkedTables:
    """Return what providers of five authorities spent on three things, with all margins and whoever is alone."""
    print("seed", seed)
    chance = np.random.default_rng(seed)
    shape = areas((2, 1, 2))
    spent: dict[tuple[str, ...], dict[str, float]] = {
        key: {f"DOP{key[0]}{at}": round(float(10 ** chance.uniform(0, 7)), 2) for at in range(chance.integers(1, 7))}
        for key in itertools.product(finest(shape, "W"), ("g1", "g2", "g3"))
    }
    plain = populations.linked(
        {key: math.fsum(each.values()) for key, each in spent.items()}, [shape, categories("g", 3)]
    )
    return LinkedTables(tuple(an_amount(cell, spent, shape) for cell in plain.cells), plain.units, plain.equations)


def an_amount(cell: Cell, spent: Mapping[tuple[str, ...], Mapping[str, float]], shape: populations.Sums) -> Cell:
    """Return the cell with the protection that its providers need."""
    area, group = cell.key
    of_provider: dict[str, float] = {}
    for key in itertools.product(finest(shape, area), ("g1", "g2", "g3") if group == populations.ALL else (group,)):
        for provider, amount in spent[key].items():
            of_provider[provider] = of_provider.get(provider, 0.0) + amount
    _, low, high = dominance(list(of_provider.values()))
    return Cell(cell.key, cell.value, high, low, insider=min(of_provider) if len(of_provider) == 1 else None)


# Many tables by chance.


@functools.cache
def a_table(seed: int) -> LinkedTables:
    """Return a small Wales of people by group; in every third, one provider alone serves some of its cells."""
    print("seed", seed)
    given = people(seed, [areas(SMALL_WALES), categories("g", 2)], 60)
    if seed % 3:
        return given
    return with_insiders(given, areas(SMALL_WALES), seed)


def with_insiders(given: LinkedTables, shape: populations.Sums, seed: int) -> LinkedTables:
    """Return the tables with some cells of one provider alone, and so the totals to which nobody else contributes."""
    chance = np.random.default_rng(seed)
    people_of = {cell.key: cell.value for cell in given.cells}
    groups = sorted({cell.key[1] for cell in given.cells} - {populations.ALL})
    owners = {
        (area, group): f"DOP{chance.integers(8)}" if chance.random() < 0.25 else None
        for area, group in itertools.product(finest(shape, "W"), groups)
    }
    cells = []
    for cell in given.cells:
        area, group = cell.key
        parts = itertools.product(finest(shape, area), groups if group == populations.ALL else [group])
        of_parts = {owners[part] for part in parts if people_of[part]}
        cells.append(
            Cell(cell.key, cell.value, cell.needed_high, insider=min(of_parts, key=str) if len(of_parts) == 1 else None)
        )
    return LinkedTables(tuple(cells), given.units, given.equations)


def finest(shape: populations.Sums, area: str) -> list[str]:
    """Return the authorities of an area."""
    return [authority for part in shape[area] for authority in finest(shape, part)] if area in shape else [area]


@functools.cache
def hidden_of(seed: int) -> frozenset[int]:
    """Return what is hidden of such a table by a single trial."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(suppression, "EFFORT", 0)
        return suppress(a_table(seed))


def test_two_hundred_tables_are_protected() -> None:
    exposed = {seed: found for seed in range(200) if (found := attack(a_table(seed), hidden_of(seed)))}
    assert exposed == {}
    assert sum(len(a_table(seed).primary) for seed in range(200)) > 400


def test_fifty_planted_leaks_are_caught() -> None:
    leaks = {seed: min(hidden_of(seed) - a_table(seed).primary, default=None) for seed in range(200)}
    planted = [(seed, leak) for seed, leak in leaks.items() if leak is not None][:50]
    caught = [seed for seed, leak in planted if attack(a_table(seed), hidden_of(seed) - {leak})]
    assert len(planted) == len(caught) == 50


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_counts_of_one_to_four_that_are_hidden_alone_are_recovered_from_totals(seed: int) -> None:
    print("seed", seed)
    given = people(seed, [areas(), categories("g", 5)], 60)
    recovered = [found for found in attack(given, given.primary) if found.low == found.high]
    assert len(recovered) == len(given.primary) > 5


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_is_hidden_does_not_depend_on_the_order_of_anything(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """All weights are the same and there is one trial, so that many choices are as good as each other."""
    monkeypatch.setattr(suppression, "EFFORT", 0)
    made = people(seed, [areas(), categories("g", 5)], 25)
    given = LinkedTables(made.cells, tuple(Unit(unit.key, unit.cells) for unit in made.units), made.equations)
    expected = names(given, suppress(given))
    for again in range(3):
        other = shuffled(given, 100 * seed + again)
        assert names(other, suppress(other)) == expected


def backwards(function: Callable[[Any], Any], jobs: Sequence[Any]) -> list[Any]:
    return [function(job) for job in reversed(jobs)]


def in_processes(function: Callable[[Any], Any], jobs: Sequence[Any]) -> list[Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(protect, "_MANY", 0)
        return list(protect._each(Settings(read_workers=2), function, jobs))


@pytest.mark.parametrize("each", [backwards, in_processes])
def test_what_is_hidden_and_what_is_exposed_do_not_depend_on_what_is_gone_through_first_or_where(each: Each) -> None:
    given = beside(*map(a_table, range(0, 12, 3)), an_insiders_row(), a_row())
    hidden = suppress(given, is_audited=False)
    assert suppress(given, is_audited=False, each=each) == hidden
    assert attack(given, hidden, each=each) == ()
    # Of the row with an insider, what is hidden protects against everybody but him.
    rivals = {unit.key[1]: place for place, unit in enumerate(given.units) if unit.key[0] == "4"}
    thin = (hidden - set(rivals.values())) | {rivals["few"], rivals["some"]}
    exposed = attack(given, thin)
    assert {one.insider for one in exposed} == {"DOP00001"}
    assert attack(given, thin, each=each) == exposed


def test_a_part_that_fails_in_its_process_protects_nothing_in_silence() -> None:
    broken: Any = SimpleNamespace(demands=[1], cells=[1])
    with pytest.raises(SolverError, match="could not be protected or attacked: AttributeError"):
        in_processes(protected, [Part(broken, frozenset())])


def beside(*given: LinkedTables) -> LinkedTables:
    """Return tables that have nothing to do with each other as one."""
    cells, units, rows = list[Cell](), list[Unit](), list[Equation]()
    for number, each in enumerate(given):
        first = len(cells)
        cells += [replace(cell, key=(str(number), *cell.key)) for cell in each.cells]
        units += [
            replace(unit, key=(str(number), *unit.key), cells=tuple(first + cell for cell in unit.cells))
            for unit in each.units
        ]
        rows += [replace(row, cells=tuple(first + cell for cell in row.cells)) for row in each.equations]
    return LinkedTables(tuple(cells), tuple(units), tuple(rows))


def names(given: LinkedTables, hidden: frozenset[int]) -> set[tuple[str, ...]]:
    return {given.units[place].key for place in hidden}


def shuffled(given: LinkedTables, seed: int) -> LinkedTables:
    """Return the same tables with cells, units, equations and the terms of each in another order, and signs turned."""
    print("seed", seed)
    chance = np.random.default_rng(seed)
    cells, units, rows = (chance.permutation(len(each)) for each in (given.cells, given.units, given.equations))
    new = {int(old): place for place, old in enumerate(cells)}
    moved = []
    for row in (given.equations[at] for at in rows):
        terms, sign = chance.permutation(len(row.cells)), chance.choice((-1.0, 1.0))
        moved.append(
            Equation(tuple(new[row.cells[at]] for at in terms), tuple(sign * row.coefficients[at] for at in terms))
        )
    return LinkedTables(
        tuple(given.cells[at] for at in cells),
        tuple(
            Unit(unit.key, tuple(new[cell] for cell in unit.cells), unit.weight)
            for unit in (given.units[at] for at in units)
        ),
        tuple(moved),
    )


def test_no_more_is_lost_than_a_fifth_above_the_least_that_can_be_on_fifty_tables() -> None:
    ratios = {}
    for seed in itertools.count():
        given = people(seed, [areas([(1, 2), (2, 2), (3, 1), (1, 1, 2)][seed % 4]), categories("g", 2)], 20)
        if given.primary:
            ratios[seed] = weight_of(given, suppress(given)) / least_weight(given)
        if len(ratios) == 50:
            break
    print("mean", sum(ratios.values()) / 50, "worst", sorted(ratios.items(), key=lambda each: -each[1])[:3])
    assert min(ratios.values()) >= 1 - 1e-6, "less than the optimum: one of the two does not protect"
    assert max(ratios.values()) <= 1.2


# Against tau-ARGUS.


@pytest.mark.parametrize("seed", range(8))
def test_tau_argus_accepts_what_is_hidden(seed: int, tmp_path: Path) -> None:
    given = people(seed, [areas((2, 1, 2)), categories("g", 3)], 20)
    bounds = tau_argus.intervals(given, suppress(given), tmp_path)
    sensitive = [place for place, cell in enumerate(given.cells) if cell.is_sensitive]
    assert sensitive
    assert all(bounds[place][1] >= 5 - 1e-6 and bounds[place][0] < bounds[place][1] for place in sensitive)


@pytest.mark.parametrize("seed", range(8))
def test_tau_argus_finds_the_same_bounds_as_the_attacker(seed: int, tmp_path: Path) -> None:
    given = people(seed, [areas((2, 1, 2)), categories("g", 3)], 20)
    secondary = sorted(suppress(given) - given.primary)
    hidden = given.primary | set(secondary[1:])
    found = attack(given, hidden)
    bounds = tau_argus.intervals(given, hidden, tmp_path)
    assert found
    for exposure in found:
        assert (exposure.low, exposure.high) == pytest.approx(bounds[exposure.cell], abs=1e-5)


def test_what_tau_argus_protects_in_full_is_not_exposed_and_what_it_protects_by_half_is(tmp_path: Path) -> None:
    exposed = {1.0: 0, 0.5: 0}
    for seed, part in itertools.product(range(8), exposed):
        given = people(seed, [areas((2, 1, 2)), categories("g", 3)], 20)
        found = attack(given, tau_argus.protected(given, tmp_path, part))
        exposed[part] += len(found)
        assert all(each.low < each.high for each in found), "tau-ARGUS leaves no cell to be recovered"
    print("exposed under our criterion", exposed)
    assert exposed[1.0] == 0 < exposed[0.5]


# Dominance, worked by hand.


@pytest.mark.parametrize("contributions", [(50, 30, 20), (80, 10, 10), (10,) * 12, (45, 45, 10)])
def test_an_amount_is_safe_where_neither_rule_is_broken(contributions: tuple[float, ...]) -> None:
    assert dominance(contributions) == Protection(is_sensitive=False)


@pytest.mark.parametrize(
    ("contributions", "low", "high"),
    [
        ((60, 35, 5), 100 - 50 / 9, 100 + 50 / 9),  # 95 of 100 are 90 % of 105.56; and 5 are 1 less than 10 % of 60
        ((60, 40), 100 - 100 / 9, 100 + 100 / 9),
        ((1000,), 1000 - 1000 / 9, 1000 + 1000 / 9),
        ((), 0.0, 1.0),
    ],
)
def test_a_sensitive_amount_needs_what_the_stricter_rule_lacks(
    contributions: tuple[float, ...], low: float, high: float
) -> None:
    found = dominance(contributions)
    assert found.is_sensitive
    assert (found.needed_low, found.needed_high) == pytest.approx((low, high))


def test_the_p_percent_rule_counts_where_it_is_the_stricter() -> None:
    assert dominance((100, 8, 1), p=30)[1:] == pytest.approx((109 - 29, 109 + 29))  # 30 % of 100, of which 1 is there


def test_two_providers_that_spent_something_are_too_few_whatever_the_others_say() -> None:
    assert dominance((50, 30, 0, 0)).is_sensitive
    assert not dominance((50, 30, 10, 0)).is_sensitive


@pytest.mark.parametrize("given", [{"n": 0}, {"k": 0}, {"k": 101}, {"p": 0}])
def test_a_rule_that_says_nothing_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="the rules want"):
        dominance((1, 2, 3), **given)


def test_a_negative_contribution_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        dominance((5, -1))


# Tables that do not fit together.


@pytest.mark.parametrize(
    ("cells", "units", "rows", "says"),
    [
        ([Cell(("a",), 1), Cell(("a",), 2)], [], [], "two cells have the key a"),
        ([Cell(("a",), -1)], [], [], "a is negative"),
        ([Cell(("a",), math.nan)], [], [], "a is negative or no number"),
        ([Cell(("a",), 1, needed_high=math.inf)], [], [], "needs is negative or no number"),
        ([Cell(("a",), 1)], [Unit(("u",), (1,))], [], "names a cell that is not there"),
        ([Cell(("a",), 1)], [Unit(("u",), (0,), -1.0)], [], "the weight of u is negative"),
        ([Cell(("a",), 1)], [], [Equation((0, 0), (1.0, 1.0))], "or one twice"),
        ([Cell(("a",), 1)], [], [Equation((0,), (0.0,))], "a coefficient, or one that is 0"),
    ],
)
def test_tables_that_do_not_fit_together_are_refused(
    cells: list[Cell], units: list[Unit], rows: list[Equation], says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        LinkedTables(tuple(cells), tuple(units), tuple(rows))
