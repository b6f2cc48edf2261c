"""`dayops instance`: how Dagster itself is configured, and bringing its storage up to date."""

import click


@click.group(epilog="Example: dayops instance yaml")
def instance() -> None:
    """Look after Dagster's own storage."""


@instance.command(epilog="Example: dayops instance yaml")
def yaml() -> None:
    """Print the dagster.yaml that every process writes into Dagster's home when it starts."""
    from dayops_pipeline import instance

    click.echo(instance.yaml(), nl=False)


@instance.command(epilog="Example: dayops instance migrate")
def migrate() -> None:
    """Make Dagster's storage, or bring it up to date: alone, before the other processes start."""
    from dayops_pipeline.instance import instance
    from resources.settings import load_settings

    with instance(load_settings()) as dagster:
        dagster.upgrade()
    click.echo("Dagster's storage is up to date.")
