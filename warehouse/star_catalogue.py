"""What the star says of itself to BI tools: the dictionary of every published column, and how facts join dimensions.

Both follow from the declarations in `star` and `star_dimensions`; what is declared elsewhere is told as far as Postgres
knows it.
"""

from collections.abc import Iterable, Iterator

from warehouse.columns import literal
from warehouse.star import Shown, Star
from warehouse.star_dimensions import stars

RELATIONSHIPS_ABOUT = "How the star joins: each key of a fact, and the dimension that it is a key of. Many to one."

RELATIONSHIPS_COLUMNS = {
    "fact": "The view that has the key.",
    "fact_column": "The key in it.",
    "dimension": "The view that it is a key of.",
    "dimension_column": "The key there.",
    "cardinality": "How many rows of the first stand for one of the second.",
}

DICTIONARY_ABOUT = "Every column that analysts and the public may read: what it holds, its labels, and how it adds up."

DICTIONARY_COLUMNS = {
    "schema_name": "The schema.",
    "object_name": "The table or view.",
    "object_about": "What a row of it is.",
    "column_name": "The column.",
    "position": "Its place in it, from 1.",
    "data_type": "Its type.",
    "about": "What it holds.",
    "label_en": "What people call it in English; blank where nothing but its name is declared.",
    "label_cy": "What people call it in Welsh.",
    "may_be_added_up": "For measures: over what they may be added up.",
    "unit": "For measures: the unit, where it is not plain.",
    "refers_to": "For keys: the dimension that it is a key of.",
}


def relationships() -> str:
    """Return the select of the view of relationships."""
    rows = ", ".join(f"({', '.join(map(literal, row))})" for row in _joins())
    return f"select * from (values {rows}) as joined ({', '.join(RELATIONSHIPS_COLUMNS)})"  # noqa: S608


def _joins() -> Iterator[tuple[str, ...]]:
    for star in stars():
        for column in star.columns:
            if column.refers_to:
                yield star.name, column.name, dimension(column), key_of(column), "many to one"


def dimension(column: Shown) -> str:
    """Return the view that a key is a key of."""
    return f"mart_v1.dim_{column.refers_to}"


def key_of(column: Shown) -> str:
    """Return the column of that view that a key refers to."""
    return f"{column.refers_to}_key"


def dictionary() -> str:
    """Return the select of the view of the dictionary."""
    rows = ", ".join(f"({', '.join(map(literal, row))})" for row in _declared(stars()))
    return f"""
        with declared (object, column_name, label_en, label_cy, may_be_added_up, unit, refers_to) as (values {rows})

        select
            space.nspname::text as schema_name,
            relation.relname::text as object_name,
            obj_description(relation.oid, 'pg_class') as object_about,
            attribute.attname::text as column_name,
            row_number() over (partition by relation.oid order by attribute.attnum)::integer as position,
            format_type(attribute.atttypid, attribute.atttypmod) as data_type,
            col_description(relation.oid, attribute.attnum) as about,
            declared.label_en,
            declared.label_cy,
            declared.may_be_added_up,
            declared.unit,
            declared.refers_to
        from pg_class as relation
        join pg_namespace as space on space.oid = relation.relnamespace
        join pg_attribute as attribute
            on attribute.attrelid = relation.oid and attribute.attnum > 0 and not attribute.attisdropped
        left join declared
            on declared.object = space.nspname || '.' || relation.relname and declared.column_name = attribute.attname
        where space.nspname in ('mart_v1', 'release_v1') and relation.relkind in ('r', 'v')
    """  # noqa: S608


def _declared(every: Iterable[Star]) -> Iterator[tuple[str | None, ...]]:
    for star in every:
        for one in star.columns:
            adds = None if one.adds is None else str(one.adds)
            refers_to = dimension(one) if one.refers_to else None
            yield star.name, one.name, one.label_en, one.label_cy, adds, one.unit, refers_to
