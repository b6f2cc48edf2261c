"""The integer keys of the star: made of what they stand for, so that they survive a rebuild and a new code in a list.

Each is said twice, for Python and for SQL, and nowhere else.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable

from expectations import contract
from expectations.codes import CODE_LISTS

NOT_GIVEN = 0
"""The key of what was left blank, in every dimension."""

_AREA_WORDS = "area_word"
"""The list of what may stand in place of an authority."""


def code_key(list_name: str, code: str) -> int:
    """Return the key of a code: the first 28 bits of the MD5 of the list and the code."""
    return int(hashlib.md5(f"{list_name}:{code}".encode(), usedforsecurity=False).hexdigest()[:7], 16)


def area_key(code: str) -> int:
    """Return the key of an area: the digits of its GSS code, or the key of its code where it has none."""
    return int(code[1:]) if code[1:].isdigit() else code_key("area", code)


def code_key_in_sql(list_name: str, code: str) -> str:
    """Return the SQL of the key of a code; both are SQL themselves."""
    return f"('x' || left(md5({list_name} || ':' || {code}), 7))::bit(28)::integer"


def area_key_in_sql(place: str) -> str:
    """Return the SQL of the key of the area whose GSS code stands in `place`; blank where that is."""
    return f"substr({place}, 2)::integer"


def date_key_in_sql(place: str) -> str:
    """Return the SQL of the key of the day that stands in `place`: the day as YYYYMMDD."""
    return f"to_char({place}, 'YYYYMMDD')::integer"


def key_in_sql(kind: contract.Kind, column: str) -> str:
    """Return the SQL that gives the key of what stands in `column`, a code or an area; raise TypeError for others."""
    match kind:
        case contract.Area(besides=besides):
            words = ((word, code_key(_AREA_WORDS, word)) for word in besides)
            return _case(column, words, f"coalesce({area_key_in_sql(column)}, {NOT_GIVEN})")
        case contract.Code(list_name=name):
            return _case(column, ((code, code_key(name, code)) for code in CODE_LISTS[name]), str(NOT_GIVEN))
        case _:
            raise TypeError(f"a {type(kind).__name__} has no key")


def _case(column: str, keys: Iterable[tuple[str, int]], otherwise: str) -> str:
    cases = " ".join(f"when '{code}' then {key}" for code, key in keys)
    return f"case {column} {cases} else {otherwise} end" if cases else otherwise


_WELSH_LETTERS = tuple("a b c ch d dd e f ff g ng h i j k l ll m n o p ph q r rh s t th u v w x y z".split(" "))  # noqa: SIM905
_RANKS = {letter: f"{rank:02}" for rank, letter in enumerate(_WELSH_LETTERS, 1)}
_WELSH_LETTER = re.compile("|".join(sorted(_WELSH_LETTERS, key=len, reverse=True)))


def welsh_sort_key(name: str) -> str:
    """Return a text that sorts, byte by byte, where the Welsh alphabet has `name`: ch after c, dd after d...

    Marks over letters, and all that is no letter, do not count. Source: the alphabet of CLDR's `cy`.
    """
    plain = unicodedata.normalize("NFD", name.casefold())
    return "".join(_RANKS[letter] for letter in _WELSH_LETTER.findall(plain))
