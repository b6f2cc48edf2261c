"""Fake identifiers of people: NHS numbers, names, days of birth, postcodes and telephone numbers, all made up.

Where they are planted, and looked for, is the affair of `canaries`.
"""

from dataclasses import dataclass
from random import Random

KINDS = ("nhs", "name", "titled name", "born", "postcode", "telephone")

_GIVEN = [
    "Abbie",
    "Aled",
    "Angharad",
    "Anwen",
    "Bethan",
    "Bronwen",
    "Carys",
    "Ceri",
    "Dafydd",
    "Delyth",
    "Dewi",
    "Eirlys",
    "Elin",
    "Emyr",
    "Ffion",
    "Gareth",
    "Geraint",
    "Gethin",
    "Gwen",
    "Huw",
    "Ieuan",
    "Iolo",
    "Kazimierz",
    "Lowri",
    "Mair",
    "Meinir",
    "Nerys",
    "Oksana",
    "Owain",
    "Rhian",
    "Rhys",
    "Sioned",
    "Sian",
    "Tegwen",
    "Wioletta",
    "Zbigniew",
    "Arjun",
    "Nkechi",
]
_FAMILY = [
    "Jones",
    "Davies",
    "Williams",
    "Evans",
    "Thomas",
    "Roberts",
    "Lewis",
    "Hughes",
    "Morgan",
    "Griffiths",
    "Edwards",
    "Owen",
    "Price",
    "Rees",
    "Phillips",
    "Jenkins",
    "Parry",
    "Pugh",
    "Llewellyn",
    "Prosser",
    "Beynon",
    "Tudor",
    "Vaughan",
    "Bevan",
]
_STRANGE_FAMILY = [
    "Achterberg",
    "Brzezinski",
    "Oyelaran",
    "Villanueva",
    "Thistlewood",
    "Quillfeather",
    "Zuckerbrot",
    "Fenwickson",
]
_AREAS = ("CF", "SA", "LL", "LD", "NP", "SY", "HR")


@dataclass(frozen=True)
class Canary:
    """One fake identifier as it is typed, and every way in which it might be told."""

    kind: str
    text: str
    spellings: tuple[str, ...]


def canaries(count: int, chance: Random) -> list[Canary]:
    """Return `count` different ones, of every kind in turn."""
    found: dict[str, Canary] = {}
    turn = 0
    while len(found) < count:
        one = _MAKERS[KINDS[turn % len(KINDS)]](chance)
        turn += one.text not in found
        found.setdefault(one.text, one)
    return list(found.values())


def _nhs(chance: Random) -> Canary:
    while True:
        digits = [chance.choice((4, 6, 7)), *(chance.randrange(10) for _ in range(8))]
        check = 11 - sum(weight * digit for weight, digit in zip(range(10, 1, -1), digits, strict=True)) % 11
        if check != 10:
            break
    plain = "".join(map(str, [*digits, check % 11]))
    spelt = tuple(mark.join((plain[:3], plain[3:6], plain[6:])) for mark in ("", " ", "-"))
    return Canary("nhs", chance.choice(spelt), spelt)


def _name(chance: Random) -> Canary:
    given, family = chance.choice(_GIVEN), chance.choice((*_FAMILY, *_STRANGE_FAMILY))
    plain = (
        f"{given} {family}-{chance.choice(_FAMILY)}"
        if chance.random() < 0.4
        else f"{given} {chance.choice('ABCDEFGHJKLM')} {family}"
    )
    return Canary("name", plain, (plain, plain.upper(), plain.lower(), plain.replace(" ", "_")))


def _titled(chance: Random) -> Canary:
    plain = f"{chance.choice(('Mr', 'Mrs', 'Ms', 'Miss', 'Dr'))} {_name(chance).text}"
    return Canary("titled name", plain, (plain, plain.partition(" ")[2]))


def _born(chance: Random) -> Canary:
    year, month, day = chance.randint(1930, 2008), chance.randint(1, 12), chance.randint(1, 28)
    spelt = (f"{year}-{month:02}-{day:02}", f"{day:02}/{month:02}/{year}", f"{day:02}.{month:02}.{year}")
    return Canary("born", chance.choice(spelt), spelt)


def _postcode(chance: Random) -> Canary:
    outward = f"{chance.choice(_AREAS)}{chance.randint(1, 99)}"
    inward = f"{chance.randint(0, 9)}{chance.choice('ABDEFGHJLNPQRSTUWXYZ')}{chance.choice('ABDEFGHJLNPQRSTUWXYZ')}"
    spelt = (f"{outward} {inward}", f"{outward}{inward}", f"{outward} {inward}".lower())
    return Canary("postcode", chance.choice(spelt), spelt)


def _telephone(chance: Random) -> Canary:
    number = f"{chance.randrange(10**6):06}"
    spelt = (
        f"07700{number}",
        f"07700 {number}",
        f"07700 {number[:3]} {number[3:]}",
        f"+447700{number}",
        f"7700{number}",
    )
    return Canary("telephone", chance.choice(spelt[:4]), spelt)


_MAKERS = {
    "nhs": _nhs,
    "name": _name,
    "titled name": _titled,
    "born": _born,
    "postcode": _postcode,
    "telephone": _telephone,
}
