"""The register as delivered: sound and taken whole, or refused with the place of each flaw."""

import pytest

from resources.register import RegisterError, register_rows

HEADER = "provider_id,provider_name,sector,service_id,service_la,expected_from,expected_to"
ROW = "DOP00017,Hafan,THIRD,DOS000171,W06000023,2015-04-01,"


def refusal(*lines: str, encoding: str = "utf-8") -> str:
    with pytest.raises(RegisterError) as refused:
        register_rows("\n".join(lines).encode(encoding))
    return str(refused.value)


def test_a_sound_register_gives_its_rows_by_column() -> None:
    [row] = register_rows(f"\ufeff{HEADER}\r\n{ROW}\r\n".encode())
    assert (row["provider_id"], row["service_la"], row["expected_to"]) == ("DOP00017", "W06000023", "")


@pytest.mark.parametrize(
    ("spoilt", "told"),
    [
        (ROW.replace("2015-04-01", "01/04/2015"), "line 3, expected_from: '01/04/2015' is no date"),
        (ROW.replace("W06000023", "W06000099"), "line 3, service_la: 'W06000099' is no code"),
        (ROW.replace("THIRD", " "), "line 3, sector is blank"),
        (ROW + "2014-01-01", "line 3, expected_to is before expected_from"),
        (ROW, "line 3, service_id: DOS000171 is there twice"),
    ],
)
def test_a_flaw_is_told_with_its_line_and_column(spoilt: str, told: str) -> None:
    assert told in refusal(HEADER, ROW, spoilt)


def test_many_flaws_are_told_by_the_first_few() -> None:
    assert "and 4 more" in refusal(HEADER, *[f"{ROW}no day" for _ in range(5)])


def test_another_kind_of_file_is_refused_with_what_is_wanted() -> None:
    assert "no column provider_id" in refusal(HEADER.replace(",", ";"), ROW.replace(",", ";"))
    assert "save it as CSV UTF-8" in refusal(HEADER, ROW, encoding="utf-16")
    assert "no column" in refusal("")
    assert "no services" in refusal(HEADER)
