"""Who may do what: the roles of the warehouse, what each is granted, and how that is put in place.

Grants are declared by schema and kind of object, so that a new table or view has its readers from the first day. What
holds is grants alone: a role may undo its own settings (`statement_timeout` and the like), which are only defaults.
What follows for each object stands in `privileges`; where a login's password comes from, in `resources.logins`.
"""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby

from psycopg import sql
from sqlalchemy import Connection, text

from warehouse.ledger import driver
from warehouse.metadata import SCHEMAS

OWNER, LOADER, ANALYST, PUBLIC = "dayops_owner", "dayops_loader", "dayops_analyst", "dayops_public"

# What a chart asks is short: compiling it costs more than it saves, and its hash tables should not spill to disk.
_FOR_READERS = {
    "jit": "off",
    "work_mem": "'64MB'",
    "default_transaction_read_only": "on",
    "default_transaction_isolation": "'repeatable read'",
    "statement_timeout": "'5min'",
    "idle_in_transaction_session_timeout": "'10min'",
}


@dataclass(frozen=True, slots=True)
class Role:
    """A role: whether it may log in, how often at once (-1: without limit), and its defaults as SQL writes them."""

    name: str
    about: str
    may_log_in: bool = True
    connections: int = -1
    settings: Mapping[str, str] = field(default_factory=dict)


ROLES = (
    Role(OWNER, "Owns all that is in the warehouse; nobody logs in as it.", may_log_in=False),
    Role(
        LOADER, "Runs the pipeline, and is the operators' own: reads and writes rows.", settings={"search_path": "''"}
    ),
    Role(
        ANALYST,
        "Reads rows of services and figures before protection; nothing about people.",
        connections=30,
        settings={"search_path": "mart_v1, core, release_v1"} | _FOR_READERS,
    ),
    Role(
        PUBLIC,
        "Reads releases and nothing else.",
        connections=30,
        settings={"search_path": "release_v1"} | _FOR_READERS,
    ),
)
"""The roles. A search path names no schema that the role may write to, so that nobody puts a table in another's way."""

LOGINS = tuple(role for role in ROLES if role.may_log_in)
"""Those that may be given a password."""

WARNING_MISSING = (
    "The roles %s do not exist on this server, so nobody but the owner reads the warehouse. "
    "`dayops warehouse roles` makes them and grants what they may read."
)


@dataclass(frozen=True, slots=True)
class Grant:
    """What a role may do to every object of a kind in a schema."""

    role: str
    schema: str
    kind: str
    actions: tuple[str, ...]


_Kinds = dict[str, tuple[str, ...]]
"""What is allowed, by kind of object."""

_READ: _Kinds = {"schema": ("USAGE",), "table": ("SELECT",), "view": ("SELECT",), "function": ("EXECUTE",)}
_WORK: _Kinds = _READ | {"table": ("SELECT", "INSERT", "UPDATE", "DELETE"), "sequence": ("SELECT", "USAGE")}
# New figures are analysed before they are joined with themselves; before Postgres 17 only an owner may do that.
_WORK_ON_FIGURES: _Kinds = _WORK | {"table": (*_WORK["table"], "MAINTAIN")}

_ALLOWED: dict[str, dict[str, _Kinds]] = {
    LOADER: {
        "landing": _WORK,
        "restricted": _WORK,
        "core": _WORK,
        "mart_v1": _WORK_ON_FIGURES,
        "release_v1": _WORK_ON_FIGURES,
    },
    ANALYST: {"core": _READ, "mart_v1": _READ, "release_v1": _READ},
    PUBLIC: {"release_v1": _READ},
}

GRANTS = tuple(
    Grant(role, schema, kind, actions)
    for role, schemas in _ALLOWED.items()
    for schema, kinds in schemas.items()
    for kind, actions in kinds.items()
)
"""Everything that is granted in the schemas, to anyone."""

FROZEN = {
    "core.release": ("UPDATE", "DELETE"),
    "core.release_decision": ("UPDATE", "DELETE"),
    "core.released_figure": ("UPDATE", "DELETE"),
}
"""What is not granted on a table although its schema has it: what was released or decided of it is never changed."""

ON_DATABASE = {
    OWNER: ("CREATE",),
    LOADER: ("CONNECT", "TEMPORARY"),
    ANALYST: ("CONNECT",),
    PUBLIC: ("CONNECT",),
}
"""What is granted on the database itself."""


class RolesError(RuntimeError):
    """The roles cannot be made or given a login, with what to do."""


def allowed(grant: Grant, name: str) -> tuple[str, ...]:
    """Return what `grant` lets its role do to the object `name`."""
    return tuple(action for action in grant.actions if action not in FROZEN.get(name, ()))


# --- on every migration -----------------------------------------------------------------------------------------------


def put_in_place(c: Connection) -> list[str]:
    """Hand all to the owner, and let each role do what is declared and no more; return the roles that do not exist.

    On a server of dayops' own the roles are made first; elsewhere that is for `dayops warehouse roles`.
    """
    if _is_own_server(c):
        make_roles(c)
        close_database(c)
    there = _existing(c)
    # So that the catalogue writes every name out with its schema.
    c.execute(text("select set_config('search_path', '', true)"))
    if OWNER in there:
        _hand_over(c)
    objects = _objects(c)
    _take_all_back(c, objects, there)
    for grant in GRANTS:
        if grant.role in there:
            _grant(c, grant, objects)
    missing = [role.name for role in ROLES if role.name not in there]
    if missing:
        logging.getLogger(__name__).warning(WARNING_MISSING, ", ".join(missing))
    return missing


def declaration() -> str:
    """Return all that is declared here as one text, for the fingerprint."""
    return repr((ROLES, GRANTS, FROZEN, ON_DATABASE))


_Objects = dict[tuple[str, str], list[str]]
"""The objects there are, by schema and kind, as SQL names them."""

_OBJECTS = text("""
    with relation as (
        select relnamespace, oid::regclass::text as name,
            case relkind when 'r' then 'table' when 'p' then 'table' when 'S' then 'sequence' else 'view' end as kind
        from pg_class
        where relkind in ('r', 'p', 'v', 'm', 'S')
        union all
        select pronamespace, oid::regprocedure::text, 'function' from pg_proc
        union all
        select oid, quote_ident(nspname), 'schema' from pg_namespace
    )
    select nspname::text, kind, name
    from relation
    join pg_namespace on pg_namespace.oid = relnamespace
    where nspname = any(:schemas)
    order by nspname, kind, name
""")


def _objects(c: Connection) -> _Objects:
    rows = c.execute(_OBJECTS, {"schemas": list(SCHEMAS)}).all()
    return {place: [row.name for row in of_place] for place, of_place in groupby(rows, lambda row: (row[0], row[1]))}


_WORDS = {"schema": "schema", "table": "table", "view": "table", "sequence": "sequence", "function": "function"}


def _take_all_back(c: Connection, objects: _Objects, there: set[str]) -> None:
    whose = ", ".join(["public", *(role.name for role in ROLES if role.name in there and role.name != OWNER)])
    for (_, kind), names in objects.items():
        _run(c, f"revoke all on {_WORDS[kind]} {', '.join(names)} from {whose}")


def _grant(c: Connection, grant: Grant, objects: _Objects) -> None:
    names = objects.get((grant.schema, grant.kind), [])
    for actions, alike in groupby(sorted(names, key=lambda name: allowed(grant, name)), lambda n: allowed(grant, n)):
        known = [action for action in actions if action != "MAINTAIN" or _version(c) >= _MAINTAIN_SINCE]
        _run(c, f"grant {', '.join(known)} on {_WORDS[grant.kind]} {', '.join(alike)} to {grant.role}")


_MAINTAIN_SINCE, _SET_SINCE = 170000, 160000


def _version(c: Connection) -> int:
    return driver(c).info.server_version


def _run(c: Connection, statement: str) -> None:
    c.exec_driver_sql(statement.replace("%", "%%"))


# --- the owner --------------------------------------------------------------------------------------------------------

_NOT_OWNED = text("""
    select 'alter schema ' || quote_ident(nspname) from pg_namespace
    where nspname = any(:schemas) and nspowner <> cast(:owner as regrole)
    union all
    select 'alter table ' || oid::regclass from pg_class
    where relnamespace = any(cast(:schemas as regnamespace[])) and relkind in ('r', 'p', 'v', 'm')
        and relowner <> cast(:owner as regrole)
    union all
    select 'alter function ' || oid::regprocedure from pg_proc
    where pronamespace = any(cast(:schemas as regnamespace[])) and proowner <> cast(:owner as regrole)
""")


def _hand_over(c: Connection) -> None:
    """Gives all to the owner, where whoever migrates may; views and functions then run with its rights."""
    if not _may_hand_over(c):
        return
    there = c.scalars(text("select nspname::text from pg_namespace where nspname = any(:s)"), {"s": list(SCHEMAS)})
    for statement in c.scalars(_NOT_OWNED, {"schemas": list(there), "owner": OWNER}).all():
        _run(c, f"{statement} owner to {OWNER}")


def _may_hand_over(c: Connection) -> bool:
    """Tells whether we are the owner's, and the owner may have schemas here."""
    asked = text("select has_database_privilege(:owner, current_database(), 'CREATE')")
    return _is_superuser(c) or (_is_the_owners(c) and bool(c.scalar(asked, {"owner": OWNER})))


# --- the roles themselves ---------------------------------------------------------------------------------------------


def make_roles(c: Connection) -> None:
    """Make the roles that do not exist, and give each its defaults; where all is as declared, only look.

    Raises:
        RolesError: Whoever is connected may not make roles.
    """
    if not _wanting(c):
        return
    if _is_superuser(c):
        # Roles are the whole server's: another database may be migrated at this very moment.
        c.execute(text("lock table pg_catalog.pg_authid in share row exclusive mode"))
    elif not c.scalar(text("select rolcreaterole from pg_roles where rolname = current_user")):
        raise RolesError(_ASK_FOR.format(statements="; ".join(_wanting(c))))
    for statement in _wanting(c):
        _run(c, statement)


def close_database(c: Connection) -> None:
    """Let nobody into this database but the roles, and nobody make anything in its schema `public`."""
    database = c.scalar(text("select quote_ident(current_database())"))
    _run(c, f"revoke all on database {database} from public")
    if c.scalar(text("select to_regnamespace('public') is not null")):
        _run(c, "revoke all on schema public from public")
    for role, actions in ON_DATABASE.items():
        _run(c, f"grant {', '.join(actions)} on database {database} to {role}")


def give_login(c: Connection, role: Role, password: str) -> None:
    """Let `role` log in with `password`; the server is told its verifier alone, so that no log can hold it."""
    raw = driver(c)
    if _version(c) >= _SET_SINCE:
        raw.execute("set local scram_iterations = 4096")
    verifier = raw.pgconn.encrypt_password(password.encode(), role.name.encode(), b"scram-sha-256").decode()
    statement = sql.SQL("alter role {} login password {}")
    raw.execute(statement.format(sql.Identifier(role.name), sql.Literal(verifier)))


def can_log_in(c: Connection) -> set[str]:
    """Return the roles that have a login."""
    names = {"names": [role.name for role in ROLES]}
    return set(c.scalars(text("select rolname::text from pg_roles where rolname = any(:names) and rolcanlogin"), names))


def readable(role: str) -> list[str]:
    """Return the schemas that `role` may read."""
    return list(dict.fromkeys(grant.schema for grant in GRANTS if grant.role == role))


def _existing(c: Connection) -> set[str]:
    names = {"names": [role.name for role in ROLES]}
    return set(c.scalars(text("select rolname::text from pg_roles where rolname = any(:names)"), names))


def _wanting(c: Connection) -> list[str]:
    """Returns what would make the roles as they are declared; empty where they are."""
    there = _existing(c)
    missing = [f"create role {role.name} nologin" for role in ROLES if role.name not in there]
    return [*missing, *_defaults(c), *_membership(c, there)]


_SET = "select rolname::text, unnest(setconfig) from pg_db_role_setting join pg_roles on pg_roles.oid = setrole"
_LIMITED = "select rolname::text, rolconnlimit from pg_roles"


def _defaults(c: Connection) -> Iterator[str]:
    known = {tuple(row) for row in c.execute(text(f"{_SET} where setdatabase = 0"))}
    limits = {tuple(row) for row in c.execute(text(_LIMITED))}
    for role in ROLES:
        for name, value in role.settings.items():
            if (role.name, f"{name}={_stored(value)}") not in known:
                yield f"alter role {role.name} set {name} to {value}"
        if (role.name, role.connections) not in limits:
            yield f"alter role {role.name} connection limit {role.connections}"


def _stored(value: str) -> str:
    """Returns a setting's value as the catalogue keeps it."""
    return value.strip("'") or '""'


def _membership(c: Connection, there: set[str]) -> Iterator[str]:
    """Whoever migrates goes on to own what it hands over, by being the owner's."""
    if not _is_superuser(c) and not (OWNER in there and _is_the_owners(c)):
        yield f"grant {OWNER} to {c.scalar(text('select quote_ident(current_user)'))}"


_ASK_FOR = (
    "Whoever is named in DAYOPS_WAREHOUSE_URL may not make roles (CREATEROLE). Name someone who may, or have an "
    "administrator run: {statements}. Then run this again."
)


def _is_own_server(c: Connection) -> bool:
    is_own = c.scalar(text("select current_setting('dayops.is_own_server', true)"))
    return is_own == "on" and _is_superuser(c)


def _is_superuser(c: Connection) -> bool:
    return bool(c.scalar(text("select rolsuper from pg_roles where rolname = current_user")))


def _is_the_owners(c: Connection) -> bool:
    member = "SET" if _version(c) >= _SET_SINCE else "MEMBER"
    return bool(c.scalar(text("select pg_has_role(:owner, :member)"), {"owner": OWNER, "member": member}))
