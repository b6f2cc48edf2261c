"""What carries the stages of a run: the run's own process, or workers on other machines that listen to a broker.

Which one is a setting, so that a house may grow past one machine without a change to its code.
"""

import os
from typing import TYPE_CHECKING

import dagster as dg

from dayops_pipeline.instance import BROKER
from resources.house import House

if TYPE_CHECKING:
    from resources.settings import Settings

CHOICE = "DAYOPS_EXECUTOR"


def chosen(house: House) -> dg.ExecutorDefinition:
    """Return the executor that the settings name; they are read only where something is set, since that takes time."""
    from pathlib import Path

    if not os.environ.get(CHOICE) and not Path("dayops.toml").exists():
        return dg.in_process_executor
    settings = house.settings()
    return behind_a_broker(settings) if settings.executor == "celery" else dg.in_process_executor


def behind_a_broker(settings: "Settings") -> dg.ExecutorDefinition:
    """Return the executor that hands each stage to a worker; addresses are named, not told: they hold passwords."""
    from dagster_celery import celery_executor

    address = {"env": BROKER}
    return celery_executor.configured({"broker": address, "backend": address if keeps_answers(settings) else "rpc://"})


def keeps_answers(settings: "Settings") -> bool:
    """Return whether the broker also keeps the answers of workers, as Redis does."""
    url = settings.broker_url.get_secret_value() if settings.broker_url else ""
    return url.startswith(("redis://", "rediss://"))
