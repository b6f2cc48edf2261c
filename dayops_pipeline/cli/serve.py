"""`dayops serve`: one of the processes that production is made of, each to be kept alive by a service manager."""

import os
import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from resources.settings import Settings

PARTS = ("code", "webserver", "viewer", "daemon", "worker")
_HERE = "127.0.0.1"
_PORTS = {"code": 4000, "webserver": 3000, "viewer": 3001}


@click.command(epilog="Example: dayops serve webserver --port 3000 --code 127.0.0.1:4000")
@click.argument("part", type=click.Choice(PARTS))
@click.option("--host", default=_HERE, show_default=True, help="The address that it listens on.")
@click.option("--port", type=click.IntRange(1, 65535), help="Its port; 4000 for code, 3000 webserver, 3001 viewer.")
@click.option("--code", default=f"{_HERE}:4000", show_default=True, help="Where the code server is.")
@click.option("--name", default="dayops", show_default=True, help="The worker's name, different on each machine.")
def serve(part: str, host: str, port: int | None, code: str, name: str) -> None:
    """Run one part of production until it is stopped.

    code: what knows the definitions and starts the runs. webserver: the UI, which asks nobody for a password and
    belongs behind the proxy of deploy/nginx. viewer: the same, in which nothing can be changed. daemon: schedules,
    sensors and the queue; one of it. worker: carries stages where DAYOPS_EXECUTOR is celery; as many as wanted.
    """
    from dayops_pipeline.instance import prepare
    from resources.settings import load_settings

    settings = load_settings()
    prepare(settings)
    command = [sys.executable, "-m", *_command(part, settings, host, port or _PORTS.get(part, 0), code, name)]
    os.execv(sys.executable, command)  # noqa: S606


def _command(part: str, settings: "Settings", host: str, port: int, code: str, name: str) -> list[str]:
    listening = ["--host", host, "--port", str(port)]
    match part:
        case "code":
            module = ["--module-name", "dayops_pipeline.definitions", "--location-name", "dayops"]
            return ["dagster", "code-server", "start", *module, *listening]
        case "worker":
            once = ["--prefetch-multiplier", "1", "--concurrency", "1", "--queues", "dagster"]
            return ["celery", "--app", "dayops_pipeline.worker", "worker", *once, "--hostname", f"{name}@%h"]
        case "daemon":
            return ["dagster._daemon", "run", "--workspace", _workspace(settings, code)]
        case _:
            twin = ["--read-only"] if part == "viewer" else []
            return ["dagster_webserver", "--workspace", _workspace(settings, code), *listening, *twin]


def _workspace(settings: "Settings", code: str) -> str:
    from dayops_pipeline.instance import workspace

    host, _, port = code.rpartition(":")
    if not host or not port.isdecimal():
        raise click.BadParameter(f"{code!r} is no address: host and port are wanted, such as 127.0.0.1:4000.")
    return str(workspace(settings, host, int(port)))
