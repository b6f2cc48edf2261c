"""The worker's end of the broker: `celery --app dayops_pipeline.worker worker`, which `dayops serve worker` starts.

Imported by workers alone: it is where Celery looks for its application.
"""

from dagster_celery.make_app import make_app
from dagster_celery.tasks import create_task

from dayops_pipeline.executors import keeps_answers
from resources.settings import load_settings


def _addresses() -> dict[str, str]:
    settings = load_settings()
    if settings.broker_url is None:
        raise SystemExit("DAYOPS_BROKER_URL names no broker: redis://host:6379/0 is wanted, or such.")
    broker = settings.broker_url.get_secret_value()
    return {"broker": broker, "backend": broker if keeps_answers(settings) else "rpc://"}


app = make_app(_addresses())  # type: ignore[no-untyped-call]
execute_plan = create_task(app)  # type: ignore[no-untyped-call]
