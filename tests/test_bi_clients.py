"""BI clients: what they ask of a database before they show its tables is answered to a reader without an error.

The statements are those that the clients send, as logged or published by others: Npgsql and Power BI, Metabase, the
JDBC driver, Grafana, and the driver of ODBC. What a client cannot be shown is named here too.
"""

import psycopg
import pytest

from readers import connected
from warehouse.roles import ANALYST, PUBLIC, readable

NPGSQL = (
    "SELECT version()",
    """
    /*** Load all supported types ***/
    SELECT ns.nspname, a.typname, a.oid, a.typrelid, a.typbasetype,
    CASE WHEN pg_proc.proname='array_recv' THEN 'a' ELSE a.typtype END AS type,
    CASE
      WHEN pg_proc.proname='array_recv' THEN a.typelem
      WHEN a.typtype='r' THEN rngsubtype
      ELSE 0
    END AS elemoid,
    CASE
      WHEN pg_proc.proname IN ('array_recv','oidvectorrecv') THEN 3    /* Arrays last */
      WHEN a.typtype='r' THEN 2                                        /* Ranges before */
      WHEN a.typtype='d' THEN 1                                        /* Domains before */
      ELSE 0                                                           /* Base types first */
    END AS ord
    FROM pg_type AS a
    JOIN pg_namespace AS ns ON (ns.oid = a.typnamespace)
    JOIN pg_proc ON pg_proc.oid = a.typreceive
    LEFT OUTER JOIN pg_class AS cls ON (cls.oid = a.typrelid)
    LEFT OUTER JOIN pg_type AS b ON (b.oid = a.typelem)
    LEFT OUTER JOIN pg_class AS elemcls ON (elemcls.oid = b.typrelid)
    LEFT OUTER JOIN pg_range ON (pg_range.rngtypid = a.oid)
    WHERE
      a.typtype IN ('b', 'r', 'e', 'd') OR
      (a.typtype = 'c' AND cls.relkind='c') OR
      (pg_proc.proname='array_recv' AND (
        b.typtype IN ('b', 'r', 'e', 'd') OR
        (b.typtype = 'p' AND b.typname IN ('record', 'void')) OR
        (b.typtype = 'c' AND elemcls.relkind='c')
      )) OR
      (a.typtype = 'p' AND a.typname IN ('record', 'void'))
    ORDER BY ord
    """,
    """
    /*** Load field definitions for (free-standing) composite types ***/
    SELECT typ.oid, att.attname, att.atttypid
    FROM pg_type AS typ
    JOIN pg_namespace AS ns ON (ns.oid = typ.typnamespace)
    JOIN pg_class AS cls ON (cls.oid = typ.typrelid)
    JOIN pg_attribute AS att ON (att.attrelid = typ.typrelid)
    WHERE (typ.typtype = 'c' AND cls.relkind='c') AND attnum > 0 AND NOT attisdropped
    ORDER BY typ.oid, att.attnum
    """,
    """
    /*** Load enum fields ***/
    SELECT pg_type.oid, enumlabel
    FROM pg_enum
    JOIN pg_type ON pg_type.oid=enumtypid
    ORDER BY oid, enumsortorder
    """,
)
"""Npgsql 4.0, which Power BI comes with, when it opens its first connection."""

POWER_BI_TABLES = """
    select TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE
    from INFORMATION_SCHEMA.tables
    where TABLE_SCHEMA not in ('information_schema', 'pg_catalog')
    order by TABLE_SCHEMA, TABLE_NAME
"""
POWER_BI_KEYS = """
    select i.CONSTRAINT_SCHEMA || '_' || i.CONSTRAINT_NAME as INDEX_NAME, ii.COLUMN_NAME, ii.ORDINAL_POSITION,
        case when i.CONSTRAINT_TYPE = 'PRIMARY KEY' then 'Y' else 'N' end as PRIMARY_KEY
    from INFORMATION_SCHEMA.table_constraints i inner join INFORMATION_SCHEMA.key_column_usage ii
        on i.CONSTRAINT_SCHEMA = ii.CONSTRAINT_SCHEMA and i.CONSTRAINT_NAME = ii.CONSTRAINT_NAME
        and i.TABLE_SCHEMA = ii.TABLE_SCHEMA and i.TABLE_NAME = ii.TABLE_NAME
    where i.TABLE_SCHEMA = 'release_v1' and i.TABLE_NAME = 'release'
        and i.CONSTRAINT_TYPE in ('PRIMARY KEY', 'UNIQUE')
    order by i.CONSTRAINT_SCHEMA || '_' || i.CONSTRAINT_NAME, ii.TABLE_SCHEMA, ii.TABLE_NAME, ii.ORDINAL_POSITION
"""
POWER_BI = (
    "select character_set_name from INFORMATION_SCHEMA.character_sets",
    POWER_BI_TABLES,
    """
    select COLUMN_NAME, ORDINAL_POSITION, IS_NULLABLE,
        case when (data_type like '%unsigned%') then DATA_TYPE || ' unsigned' else DATA_TYPE end as DATA_TYPE
    from INFORMATION_SCHEMA.columns
    where TABLE_SCHEMA = 'release_v1' and TABLE_NAME = 'latest_indicator'
    order by TABLE_SCHEMA, TABLE_NAME, ORDINAL_POSITION
    """,
    """
    select
        pkcol.COLUMN_NAME as PK_COLUMN_NAME,
        fkcol.TABLE_SCHEMA AS FK_TABLE_SCHEMA,
        fkcol.TABLE_NAME AS FK_TABLE_NAME,
        fkcol.COLUMN_NAME as FK_COLUMN_NAME,
        fkcol.ORDINAL_POSITION as ORDINAL,
        fkcon.CONSTRAINT_SCHEMA || '_' || fkcol.TABLE_NAME || '_' || 'release' || '_' || fkcon.CONSTRAINT_NAME
            as FK_NAME
    from
        (select distinct constraint_catalog, constraint_schema, unique_constraint_schema, constraint_name,
            unique_constraint_name from INFORMATION_SCHEMA.REFERENTIAL_CONSTRAINTS) fkcon
        inner join INFORMATION_SCHEMA.KEY_COLUMN_USAGE fkcol
            on fkcon.CONSTRAINT_SCHEMA = fkcol.CONSTRAINT_SCHEMA and fkcon.CONSTRAINT_NAME = fkcol.CONSTRAINT_NAME
        inner join INFORMATION_SCHEMA.KEY_COLUMN_USAGE pkcol
            on fkcon.UNIQUE_CONSTRAINT_SCHEMA = pkcol.CONSTRAINT_SCHEMA
            and fkcon.UNIQUE_CONSTRAINT_NAME = pkcol.CONSTRAINT_NAME
    where pkcol.TABLE_SCHEMA = 'release_v1' and pkcol.TABLE_NAME = 'release'
        and pkcol.ORDINAL_POSITION = fkcol.ORDINAL_POSITION
    order by FK_NAME, fkcol.ORDINAL_POSITION
    """,
    POWER_BI_KEYS,
    'select "$Table"."indicator_id" as "indicator_id", "$Table"."value" as "value"'
    ' from "release_v1"."latest_indicator" "$Table" limit 1000',
    "DISCARD ALL",
)
"""Power BI's navigator, a table opened in it, and the connection given back."""

METABASE_TABLES = """
    SELECT "n"."nspname" AS "schema", "c"."relname" AS "name",
        CASE "c"."relkind" WHEN 'r' THEN 'TABLE' WHEN 'p' THEN 'PARTITIONED TABLE' WHEN 'v' THEN 'VIEW'
            WHEN 'f' THEN 'FOREIGN TABLE' WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE NULL END AS "type",
        "d"."description" AS "description", "stat"."n_live_tup" AS "estimated_row_count"
    FROM "pg_catalog"."pg_class" AS "c"
    INNER JOIN "pg_catalog"."pg_namespace" AS "n" ON "c"."relnamespace" = "n"."oid"
    LEFT JOIN "pg_catalog"."pg_description" AS "d" ON ("c"."oid" = "d"."objoid") AND ("d"."objsubid" = '0')
        AND ("d"."classoid" = 'pg_class'::regclass)
    LEFT JOIN "pg_stat_user_tables" AS "stat"
        ON ("n"."nspname" = "stat"."schemaname") AND ("c"."relname" = "stat"."relname")
    WHERE ("c"."relnamespace" = "n"."oid") AND ("n"."nspname" !~ '^pg_') AND ("n"."nspname" <> 'information_schema')
        AND c.relkind in ('r', 'p', 'v', 'f', 'm') AND ("n"."nspname" IN ('release_v1'))
    ORDER BY "type" ASC, "schema" ASC, "name" ASC
"""
METABASE_PRIVILEGES = """
    with table_privileges as (
        select NULL as role, t.schemaname as schema, t.objectname as table,
            pg_catalog.has_any_column_privilege(current_user, '"' || replace(t.schemaname, '"', '""') || '"' || '.'
                || '"' || replace(t.objectname, '"', '""') || '"', 'update') as update,
            pg_catalog.has_any_column_privilege(current_user, '"' || replace(t.schemaname, '"', '""') || '"' || '.'
                || '"' || replace(t.objectname, '"', '""') || '"', 'select') as select,
            pg_catalog.has_any_column_privilege(current_user, '"' || replace(t.schemaname, '"', '""') || '"' || '.'
                || '"' || replace(t.objectname, '"', '""') || '"', 'insert') as insert,
            pg_catalog.has_table_privilege(current_user, '"' || replace(t.schemaname, '"', '""') || '"' || '.'
                || '"' || replace(t.objectname, '"', '""') || '"', 'delete') as delete
        from (
            select schemaname, tablename as objectname from pg_catalog.pg_tables
            union
            select schemaname, viewname as objectname from pg_catalog.pg_views
            union
            select schemaname, matviewname as objectname from pg_catalog.pg_matviews
        ) t
        where t.schemaname !~ '^pg_' and t.schemaname <> 'information_schema'
            and pg_catalog.has_schema_privilege(current_user, t.schemaname, 'usage')
    )
    select t.schema, t.table, t.update or t.insert or t.delete, t.select from table_privileges t
"""
METABASE = (
    "SET extra_float_digits = 2",
    "SET application_name = 'Metabase v0.55.1 [f8f63fdf-d8f8-4573-86ea-4fe4a9548041]'",
    "SHOW TRANSACTION ISOLATION LEVEL",
    "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ UNCOMMITTED",
    """
    SELECT nspname AS "TABLE_SCHEM", current_database() AS "TABLE_CATALOG" FROM pg_catalog.pg_namespace
    WHERE nspname <> 'pg_toast' AND (nspname !~ '^pg_temp_' OR nspname = (pg_catalog.current_schemas(true))[1])
        AND (nspname !~ '^pg_toast_temp_'
            OR nspname = replace((pg_catalog.current_schemas(true))[1], 'pg_temp_', 'pg_toast_temp_'))
    ORDER BY "TABLE_SCHEM"
    """,
    METABASE_PRIVILEGES,
    METABASE_TABLES,
    "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED",
    "show timezone",
    'SELECT TRUE AS "_" FROM "release_v1"."latest_indicator" WHERE 1 <> 1 LIMIT 0',
    'SELECT SUBSTRING("release_v1"."code_label"."label_en" FROM 1 FOR 1234) FROM "release_v1"."code_label" LIMIT 10000',
)
"""Metabase's synchronising of tables, and what it asks to see whether a table can be read."""

JDBC_PRIMARY_KEYS = """
    SELECT result.TABLE_CAT, result.TABLE_SCHEM, result.TABLE_NAME, result.COLUMN_NAME, result.KEY_SEQ, result.PK_NAME
    FROM (
        SELECT NULL AS TABLE_CAT, n.nspname AS TABLE_SCHEM, ct.relname AS TABLE_NAME, a.attname AS COLUMN_NAME,
            (information_schema._pg_expandarray(i.indkey)).n AS KEY_SEQ, ci.relname AS PK_NAME,
            information_schema._pg_expandarray(i.indkey) AS KEYS, a.attnum AS A_ATTNUM
        FROM pg_catalog.pg_class ct
        JOIN pg_catalog.pg_attribute a ON (ct.oid = a.attrelid)
        JOIN pg_catalog.pg_namespace n ON (ct.relnamespace = n.oid)
        JOIN pg_catalog.pg_index i ON (a.attrelid = i.indrelid)
        JOIN pg_catalog.pg_class ci ON (ci.oid = i.indexrelid)
        WHERE true AND n.nspname = 'release_v1' AND ct.relname = 'indicator_definition' AND i.indisprimary
    ) result
    where result.A_ATTNUM = (result.KEYS).x
    ORDER BY result.table_name, result.pk_name, result.key_seq
"""
JDBC = (
    "SET extra_float_digits = 3",
    "SET application_name = 'PostgreSQL JDBC Driver'",
    "SELECT current_schema(),session_user",
    """
    SELECT n.oid,n.*,d.description FROM pg_catalog.pg_namespace n LEFT OUTER JOIN pg_catalog.pg_description d
    ON d.objoid=n.oid AND d.objsubid=0 AND d.classoid='pg_namespace'::regclass ORDER BY nspname
    """,
    "SHOW search_path",
    "SELECT db.oid,db.* FROM pg_catalog.pg_database db WHERE datname=current_database()",
    """
    SELECT typinput='pg_catalog.array_in'::regproc as is_array, typtype, typname, pg_type.oid
    FROM pg_catalog.pg_type LEFT JOIN (select ns.oid as nspoid, ns.nspname, r.r from pg_namespace as ns
        join (select s.r, (current_schemas(false))[s.r] as nspname
            from generate_series(1, array_upper(current_schemas(false), 1)) as s(r)) as r
        using (nspname)) as sp ON sp.nspoid = typnamespace
    WHERE pg_type.oid = 1034 ORDER BY sp.r, pg_type.oid DESC
    """,
    """
    SELECT t.oid,t.*,c.relkind,format_type(nullif(t.typbasetype, 0), t.typtypmod) as base_type_name, d.description
    FROM pg_catalog.pg_type t LEFT OUTER JOIN pg_catalog.pg_type et ON et.oid=t.typelem
    LEFT OUTER JOIN pg_catalog.pg_class c ON c.oid=t.typrelid
    LEFT OUTER JOIN pg_catalog.pg_description d ON t.oid=d.objoid
    WHERE t.typname IS NOT NULL AND (c.relkind IS NULL OR c.relkind = 'c')
        AND (et.typcategory IS NULL OR et.typcategory <> 'C')
    """,
    JDBC_PRIMARY_KEYS,
)
"""The JDBC driver, as DBeaver and Metabase use it."""

GRAFANA_TABLES = """
    SELECT
        CASE WHEN
            quote_ident(table_schema) IN (
                SELECT CASE WHEN trim(s[i]) = '"$user"' THEN user ELSE trim(s[i]) END
                FROM generate_series(
                    array_lower(string_to_array(current_setting('search_path'),','),1),
                    array_upper(string_to_array(current_setting('search_path'),','),1)
                ) as i, string_to_array(current_setting('search_path'),',') s
            )
        THEN quote_ident(table_name)
        ELSE quote_ident(table_schema) || '.' || quote_ident(table_name)
        END AS "table"
    FROM information_schema.tables
    WHERE quote_ident(table_schema) NOT IN ('information_schema', 'pg_catalog', '_timescaledb_cache',
        '_timescaledb_catalog', '_timescaledb_internal', '_timescaledb_config', 'timescaledb_information',
        'timescaledb_experimental')
    ORDER BY 1
"""
GRAFANA = (
    "SELECT current_setting('server_version_num')::int/100 as version",
    "SELECT extversion FROM pg_extension WHERE extname = 'timescaledb'",
    GRAFANA_TABLES,
)
"""Grafana's page of settings and its editor of queries."""

ODBC = (
    "SET DateStyle = 'ISO';SET extra_float_digits = 2;show transaction_isolation",
    "select oid, typbasetype from pg_type where typname = 'lo'",
    """
    select relname, nspname, relkind from pg_catalog.pg_class c, pg_catalog.pg_namespace n
    where relkind in ('r', 'v', 'm', 'f', 'p') and nspname not in ('pg_catalog', 'information_schema', 'pg_toast',
        'pg_temp_1') and n.oid = relnamespace order by nspname, relname
    """,
    """
    select n.nspname, c.relname, a.attname, a.atttypid, t.typname, a.attnum, a.attlen, a.atttypmod, a.attnotnull,
        c.relhasrules, c.relkind, c.oid, pg_get_expr(d.adbin, d.adrelid),
        case t.typtype when 'd' then t.typbasetype else 0 end, t.typtypmod, 0, attidentity, c.relhassubclass
    from (((pg_catalog.pg_class c inner join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        and c.relname = 'latest_indicator' and n.nspname = 'release_v1')
    inner join pg_catalog.pg_attribute a on (not a.attisdropped) and a.attnum > 0 and a.attrelid = c.oid)
    inner join pg_catalog.pg_type t on t.oid = a.atttypid)
    left outer join pg_attrdef d on a.atthasdef and d.adrelid = a.attrelid and d.adnum = a.attnum
    order by n.nspname, c.relname, attnum
    """,
)
"""The ODBC driver, as Excel uses it."""

CLIENTS = {
    "npgsql": NPGSQL,
    "power bi": (*NPGSQL, *POWER_BI),
    "metabase": METABASE,
    "jdbc": JDBC,
    "grafana": GRAFANA,
    "odbc": ODBC,
}


def asked(connection: psycopg.Connection, statement: str) -> list[tuple[object, ...]]:
    answer = connection.execute(statement.encode())
    return answer.fetchall() if answer.description else []


@pytest.mark.parametrize("role", [ANALYST, PUBLIC])
@pytest.mark.parametrize("client", CLIENTS)
def test_a_client_starts_as_a_reader(scratch: str, logins: None, client: str, role: str) -> None:
    with connected(scratch, role) as connection:
        for statement in CLIENTS[client]:
            asked(connection, statement)
        assert asked(connection, "select count(*) from latest_indicator") == [(0,)]


def test_a_connection_given_back_keeps_its_roles_defaults(scratch: str, logins: None) -> None:
    with connected(scratch, PUBLIC) as connection:
        asked(connection, "set search_path = pg_catalog")
        asked(connection, "DISCARD ALL")
        assert asked(connection, "show search_path") == [("release_v1",)]
        assert asked(connection, "show default_transaction_read_only") == [("on",)]


@pytest.mark.parametrize("role", [ANALYST, PUBLIC])
def test_a_client_lists_what_the_reader_may_read_and_nothing_else(scratch: str, logins: None, role: str) -> None:
    with connected(scratch, role) as connection:
        power_bi = {schema for schema, *_ in asked(connection, POWER_BI_TABLES)}
        metabase = asked(connection, METABASE_PRIVILEGES)
        grafana = asked(connection, GRAFANA_TABLES)
    assert power_bi == set(readable(role))
    assert {(schema, writes, reads) for schema, _, writes, reads in metabase} == {
        (schema, False, True) for schema in readable(role)
    }
    assert ("latest_indicator",) in grafana


def test_a_client_is_told_what_tables_and_keys_mean(scratch: str, logins: None) -> None:
    with connected(scratch, PUBLIC) as connection:
        told = {name: about for _, name, _, about, _ in asked(connection, METABASE_TABLES)}
        keys = [row[3] for row in asked(connection, JDBC_PRIMARY_KEYS)]
    assert all(told.values())
    assert keys == ["indicator_id", "measure"]


def test_power_bi_sees_no_keys_since_the_standard_shows_them_to_writers_alone(scratch: str, logins: None) -> None:
    with connected(scratch, PUBLIC) as connection:
        assert asked(connection, POWER_BI_KEYS) == []
