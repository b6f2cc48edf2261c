"""`dayops warehouse roles`: the warehouse's roles made, granted and given logins, and told how to connect as them."""

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import click

from dayops_pipeline.cli.arguments import JSON, print_json

if TYPE_CHECKING:
    import sqlalchemy as sa

    from resources.settings import Settings
    from warehouse.roles import Role


@dataclass(frozen=True, slots=True)
class Opened:
    """A role as it stands: what it reads, and where its password lies; None where it has no login of ours."""

    role: str
    about: str
    schemas: list[str]
    password_in: str | None
    can_log_in: bool
    host: str | None
    port: int
    database: str | None


def open_warehouse(settings: "Settings") -> list[Opened]:
    """Make the roles, grant them what they may do, and give a login to each that there is a password for."""
    from resources.logins import login_of
    from resources.postgres import share_dagster_storage, warehouse_url
    from warehouse import roles
    from warehouse.connection import connect, migrate, one_at_a_time

    url = warehouse_url(settings)
    logins = {role.name: login_of(settings, role.name) for role in roles.LOGINS}
    with connect(url).begin() as c:
        roles.make_roles(c)
        roles.close_database(c)
    migrate(url)
    with connect(url).begin() as c:
        one_at_a_time(c)
        roles.put_in_place(c)
        for role in roles.LOGINS:
            if (login := logins[role.name]) is not None:
                roles.give_login(c, role, login.password)
        can = roles.can_log_in(c)
    share_dagster_storage(settings, roles.LOADER)
    places = {name: login.place if login else None for name, login in logins.items()}
    return [_opened(role, connect(url).url, places[role.name], role.name in can) for role in roles.LOGINS]


def _opened(role: "Role", url: "sa.URL", place: str | None, can_log_in: bool) -> Opened:
    from warehouse.roles import readable

    where = (url.host, url.port or 5432, url.database)
    return Opened(role.name, role.about, readable(role.name), place, can_log_in, *where)


@click.command(epilog="Example: dayops warehouse roles")
@JSON
def roles(*, as_json: bool) -> None:
    """Make the roles of the warehouse, grant what each may read, give out logins, and say how to connect.

    A password comes from DAYOPS_ANALYST_PASSWORD_FILE or DAYOPS_ANALYST_PASSWORD (and so for LOADER and PUBLIC); for
    the embedded server one is made up where none is given. Passwords are never shown. Run it again to change one.
    """
    from resources.settings import load_settings

    opened = open_warehouse(load_settings())
    if as_json:
        print_json([asdict(one) for one in opened])
        return
    for one in opened:
        click.echo(f"{one.role}\n  {one.about}\n  schemas   {', '.join(one.schemas)}\n  password  {_password(one)}")
    click.echo(f"\nHost {opened[0].host}, port {opened[0].port}, database {opened[0].database}; the user is the role.")
    click.echo(f"Example: psql -h {opened[0].host} -p {opened[0].port} -U {opened[-1].role} {opened[0].database}")


def _password(one: Opened) -> str:
    if one.password_in is not None:
        return f"in {one.password_in}"
    variable = f"{one.role.upper()}_PASSWORD_FILE"
    return "as it was given before" if one.can_log_in else f"none, so no login: set {variable}, then run this again"
