"""A late return: its month is taken in once, and figures are made anew of the months that rest on it, and no others."""

from collections.abc import Iterator

import dagster as dg
import pytest
from operating import Operation

from assets.collect import collect
from dayops_pipeline.nightly import Step, figure_steps, returns_steps
from expectations.months import first_day
from makers import PROVIDER, a_return, a_row
from resources.house import House
from warehouse import basis

REPORTED = ("2025-06", "2026-06", "2026-08", "2026-09")
LATE = "2026-08"
OTHER_PROVIDER = "DOP00002"


class Nights:
    """A house without Dagster's runs, in which what a night would run is planned."""

    def __init__(self, operation: Operation, instance: dg.DagsterInstance) -> None:
        settings = operation.settings
        assert settings.warehouse_url is not None
        self.operation, self.instance, self.policy = operation, instance, settings.policy
        url = settings.warehouse_url.get_secret_value()
        self.house = House(home=str(settings.home), returns=str(settings.returns), warehouse=url)

    def deliver(self, period: str, provider: str = PROVIDER) -> None:
        said = a_row("RETURN", profile="LITE", period=period, provider_id=provider)
        self.operation.deliver(f"{provider} {period}", {**a_return("LITE", period), "RETURN": [said]})

    def collect(self) -> None:
        collect(self.operation.engine, self.operation.settings, lambda _: True)

    def returns(self) -> list[Step]:
        return returns_steps(self.house, self.instance)

    def figures(self) -> list[Step]:
        return figure_steps(self.house, self.instance)

    def release(self, *periods: str) -> None:
        with self.operation.engine.begin() as c:
            for period in periods:
                basis.note_measured(c, first_day(period), self.policy)
                basis.note_released(c, first_day(period))


@pytest.fixture
def nights(operation: Operation) -> Iterator[Nights]:
    """Months of one provider that were taken in and released."""
    with dg.instance_for_test() as instance:
        made = Nights(operation, instance)
        for period in REPORTED:
            made.deliver(period)
        operation.night()
        made.release(*REPORTED)
        assert (made.returns(), made.figures()) == ([], [])
        yield made


def test_a_late_return_leads_to_one_run_of_its_month_and_figures_of_those_that_rest_on_it(nights: Nights) -> None:
    nights.deliver(LATE, OTHER_PROVIDER)
    nights.collect()
    assert nights.returns() == [Step("returns", LATE)]
    nights.operation.run(LATE)
    assert nights.returns() == []
    assert nights.figures() == [Step("figures", "2026-09"), Step("figures", LATE)]
    nights.release("2026-09", LATE)
    assert nights.figures() == []


def test_a_late_return_that_is_refused_is_answered_and_changes_no_figures(nights: Nights) -> None:
    said = a_row("RETURN", profile="LITE", period=LATE, provider_id=OTHER_PROVIDER, nil_return="perhaps")
    nights.operation.deliver("refused", {**a_return("LITE", LATE), "RETURN": [said]})
    nights.collect()
    assert nights.returns() == [Step("returns", LATE)]
    nights.operation.run(LATE)
    nights.instance.report_runless_asset_event(dg.AssetMaterialization("checked_returns", partition=LATE))
    assert nights.figures() == [Step("replies", LATE)]
