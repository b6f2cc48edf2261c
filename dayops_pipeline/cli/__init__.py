"""The command line: `dayops` and its commands, each in the module that `COMMANDS` names, read when it is used.

Arguments and words only; the work is done by what the commands call.
"""

import importlib
from typing import Any

import click

from dayops_pipeline.stopping import EXIT_CODE

COMMANDS = {
    "run": "dayops_pipeline.cli.run:run",
    "nightly": "dayops_pipeline.cli.run:nightly",
    "backfill": "dayops_pipeline.cli.backfill:backfill",
    "ui": "dayops_pipeline.cli.ui:ui",
    "check": "dayops_pipeline.cli.check:check",
    "sample": "dayops_pipeline.cli.sample:sample",
    "blank": "dayops_pipeline.cli.documents:blank",
    "documents": "dayops_pipeline.cli.documents:documents",
    "rules": "dayops_pipeline.cli.rules:rules",
    "returns": "dayops_pipeline.cli.look:returns",
    "findings": "dayops_pipeline.cli.look:findings",
    "indicators": "dayops_pipeline.cli.look:indicators",
    "explain": "dayops_pipeline.cli.explain:explain",
    "quarantine": "dayops_pipeline.cli.quarantine:quarantine",
    "replay": "dayops_pipeline.cli.replay:replay",
    "waive": "dayops_pipeline.cli.waive:waive",
    "diff": "dayops_pipeline.cli.diff:diff",
    "revert": "dayops_pipeline.cli.revert:revert",
    "release": "dayops_pipeline.cli.release:release",
    "score": "dayops_pipeline.cli.score:score_command",
    "warehouse": "dayops_pipeline.cli.warehouse:warehouse",
    "runs": "dayops_pipeline.cli.runs:runs",
    "instance": "dayops_pipeline.cli.instance:instance",
    "serve": "dayops_pipeline.cli.serve:serve",
    "doctor": "dayops_pipeline.cli.doctor:doctor",
    "healthy": "dayops_pipeline.cli.healthy:healthy",
    "alerts": "dayops_pipeline.cli.alerts:alerts",
}


class _Commands(click.Group):
    """A group whose commands are imported only when they are asked for, so that `dayops --help` answers at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, in the order in which people need them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command called `cmd_name`, or None."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what an operator can mend is said in words."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as asked:
            click.echo(str(asked) or "Stopped.", err=True)
            ctx.exit(EXIT_CODE)
        except Exception as error:
            words = _in_words(error)
            if words is None:
                raise
            raise click.ClickException(words) from error


def _in_words(error: Exception) -> str | None:
    """Return what to tell of an error of the surroundings; None where it is an error of ours."""
    from sqlalchemy.exc import OperationalError, ProgrammingError

    from expectations.pseudonyms import PersonKeyError
    from expectations.retention import RetentionError
    from resources.postgres import ServerError
    from resources.settings import SettingsError
    from resources.source import SourceError
    from warehouse.locks import LockError
    from warehouse.release import ReleaseError
    from warehouse.roles import RolesError

    match error:
        case SettingsError() | ServerError() | SourceError() | RolesError() | PersonKeyError() | RetentionError():
            return str(error)
        case ReleaseError() | LockError():
            return str(error)
        case OperationalError() | ProgrammingError():
            said = str(error.orig).strip().partition("\n")[0]
            return f"The warehouse answers: {said}. dayops doctor says what is in force."
        case OSError(filename=str(path)):
            return f"{path}: {error.strerror}."
    return None


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="dayops")
def main() -> None:
    """The national collection on day opportunities in Wales: provider returns in, national indicators out.

    Exit codes: 0 done (refused returns are part of a night), 1 something failed, 2 the command was not understood, 130
    it was asked to stop.
    """
