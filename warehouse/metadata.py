"""The one MetaData that every table of the warehouse hangs on, with its naming convention and its schemas."""

from sqlalchemy import MetaData

SCHEMAS = {
    "landing": "What was delivered and found: deliveries, submissions, findings, normalisations. For operators.",
    "restricted": "Rows about people, pseudonymised, and quarantined rows as submitted. For the loader alone.",
    "core": "Reference data and every accepted submission's rows, versions kept. For the loader and analysts.",
    "mart_v1": "National indicators before protection. For analysts.",
    "release_v1": "Frozen, protected releases and their dictionaries. For everyone.",
}

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)
