"""`dayops alerts`: the channels that operators are told by, tried out."""

import sys
from datetime import UTC, datetime

import click


@click.group(epilog="Example: dayops alerts test")
def alerts() -> None:
    """Try the channels that operators are told by: e-mail, Slack, Teams."""


@alerts.command(epilog="Example: dayops alerts test")
def test() -> None:
    """Send a message to each channel that is set, and say what became of it; exit with 1 where one did not take it."""
    from resources.channels import Message, UndeliveredError, channels
    from resources.settings import load_settings

    now = datetime.now(UTC)
    message = Message(f"test-{now:%Y%m%d%H%M%S%f}", "dayops: a test", f"Sent by dayops alerts test at {now:%H:%M} UTC.")
    known, failed = channels(load_settings()), 0
    if not known:
        raise click.ClickException("No channel is set: see docs/operating/alerts.md.")
    for channel in known:
        try:
            channel.send(message)
            click.echo(f"{channel.name}: taken")
        except UndeliveredError as trouble:
            failed += 1
            click.echo(f"{channel.name}: {trouble}")
    sys.exit(1 if failed else 0)
