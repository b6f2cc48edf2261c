"""Runs the acceptance in Superset's own environment, with the addresses of the warehouse that this one knows."""

import os
import subprocess
from pathlib import Path

import click
import sqlalchemy as sa


@click.command()
@click.argument("python", type=click.Path(exists=True))
@click.option("--pictures", type=click.Path(file_okay=False, path_type=Path), help="Put a picture of each chart here.")
def run(python: str, pictures: Path | None) -> None:
    """Give out the logins of analyst and public, and let Superset take up the warehouse as each of them."""
    from dayops_pipeline.cli.roles import open_warehouse
    from resources.logins import login_of
    from resources.postgres import warehouse_url
    from resources.settings import load_settings

    settings = load_settings()
    open_warehouse(settings)
    owner = sa.make_url(warehouse_url(settings))
    # In variables, because everybody on a machine can see with which words a command was called.
    addresses = {"ACCEPTANCE_OWNER": _address(owner, "postgresql")}
    for name in ("analyst", "public"):
        login = login_of(settings, f"dayops_{name}")
        if login is None:
            raise click.ClickException(f"dayops_{name} has no password: see `dayops warehouse roles`")
        reader = owner.set(username=f"dayops_{name}", password=login.password)
        addresses[f"ACCEPTANCE_{name.upper()}"] = _address(reader, "postgresql+psycopg2")
    asked = ["--home", str(settings.home / "superset"), *(["--pictures", str(pictures)] if pictures else [])]
    script = Path(__file__).with_name("acceptance.py")
    done = subprocess.run([python, str(script), *asked], env=os.environ | addresses, check=False)
    raise SystemExit(done.returncode)


def _address(url: sa.URL, driver: str) -> str:
    return url.set(drivername=driver).render_as_string(hide_password=False)


if __name__ == "__main__":
    run()
