"""The tables described for machines: CSV on the Web metadata beside each, and a Frictionless data package of all.

Both are made of the declared tables and the wording. What the tables say does not belong here.
"""

from collections.abc import Mapping

from expectations.releases import Content
from expectations.wording import LANGUAGES
from resources.pack.labels import phrase_in_both
from resources.pack.plain import json_bytes, sha256
from resources.pack.tables import TABLES, Column, Kind, Table

_CSVW_TYPES = {Kind.WHOLE: "integer", Kind.NUMBER: "decimal", Kind.DAY: "date"}
_PACKAGE_TYPES = {Kind.WHOLE: "integer", Kind.NUMBER: "number", Kind.DAY: "date"}
_CODES = r"^[^,\s]+(,[^,\s]+)*$"
_LICENCE = {
    "name": "OGL-UK-3.0",
    "path": "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
    "title": "Open Government Licence v3.0",
}

Described = dict[str, object]


def described_files(content: Content, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the metadata of the tables that stand in `files`, by its path in the pack."""
    beside = {f"{path}-metadata.json": json_bytes(_csvw(table)) for path, table in TABLES.items()}
    return {**beside, "datapackage.json": json_bytes(_package(content, files))}


# --- CSV on the Web --------------------------------------------------------------------------------------------------


def _csvw(table: Table) -> Described:
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "url": table.path.rpartition("/")[2],
        "dc:title": _in_languages(f"pack.table.{table.name}"),
        "dc:license": {"@id": _LICENCE["path"]},
        "tableSchema": {
            "columns": [_csvw_column(column) for column in table.columns],
            "primaryKey": list(table.key),
        },
    }


def _in_languages(key: str) -> list[dict[str, str]]:
    words = zip(phrase_in_both(key), LANGUAGES, strict=True)
    return [{"@value": said, "@language": language} for said, language in words]


def _csvw_column(column: Column) -> Described:
    described: Described = {
        "name": column.name,
        "titles": column.name,
        "dc:description": _in_languages(f"pack.column.{column.name}"),
        "datatype": _CSVW_TYPES.get(column.kind, "string"),
        "required": column.is_required,
    }
    return described | ({"separator": ","} if column.kind is Kind.CODES else {})


# --- Frictionless ----------------------------------------------------------------------------------------------------


def _package(content: Content, files: Mapping[str, bytes]) -> Described:
    english, welsh = phrase_in_both("pack.metadata.title")
    return {
        "name": f"dayops-{content.release_id}",
        "id": content.release_id,
        "title": english,
        "title_cy": welsh,
        "version": str(content.number),
        "licenses": [_LICENCE],
        "resources": [_resource(table, files[path]) for path, table in TABLES.items()],
    }


def _resource(table: Table, content: bytes) -> Described:
    english, welsh = phrase_in_both(f"pack.table.{table.name}")
    return {
        "name": table.name,
        "type": "table",
        "title": english,
        "title_cy": welsh,
        "path": table.path,
        "scheme": "file",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{sha256(content)}",
        "schema": {
            "fields": [_field(column) for column in table.columns],
            "primaryKey": list(table.key),
            "foreignKeys": [
                _foreign_key(reference.columns, reference.path, reference.others) for reference in table.references
            ],
        },
    }


def _field(column: Column) -> Described:
    english, welsh = phrase_in_both(f"pack.column.{column.name}")
    constraints: Described = {"required": True} if column.is_required else {}
    return {
        "name": column.name,
        "type": _PACKAGE_TYPES.get(column.kind, "string"),
        "description": english,
        "description_cy": welsh,
        "constraints": constraints | ({"pattern": _CODES} if column.kind is Kind.CODES else {}),
    }


def _foreign_key(columns: tuple[str, ...], path: str, others: tuple[str, ...]) -> Described:
    return {"fields": list(columns), "reference": {"resource": TABLES[path].name, "fields": list(others)}}
