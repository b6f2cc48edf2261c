"""Examples of what rows add up to, sheet against sheet: rules V21 to V23, V28 and V29.

The good return has eight people who came ten half-days each, three hours a time, and one service that cost £4,000 odd.
"""

from expectations.examples.model import Place, Shown, a_row

SUM_EXAMPLES: tuple[Shown, ...] = (
    a_row(
        "V21",
        "attendance_differs",
        "ACTIVITY",
        "sessions_attended",
        fails={"sessions_planned": "100", "sessions_attended": "79", "sessions_dna": "16"},
        passes={"sessions_planned": "100", "sessions_attended": "80", "sessions_dna": "15"},
    ),
    a_row(
        "V21",
        "attendance_far_off",
        "ACTIVITY",
        "sessions_attended",
        fails={"sessions_planned": "100", "sessions_attended": "70", "sessions_dna": "25"},
        passes={"sessions_planned": "100", "sessions_attended": "80", "sessions_dna": "15"},
    ),
    a_row(
        "V22",
        "people_differ",
        "ACTIVITY",
        "people_attended",
        fails={"people_attended": "7"},
        passes={"people_attended": "8"},
    ),
    a_row(
        "V22",
        "out_of_county_differs",
        "ACTIVITY",
        "people_out_of_county",
        fails={"people_out_of_county": "1"},
        passes={"people_out_of_county": "0"},
    ),
    a_row(
        "V23",
        "respite_over_hours",
        "CARERS",
        "respite_hours_delivered",
        fails={"respite_hours_delivered": "265.00"},
        passes={"respite_hours_delivered": "264.00"},
    ),
    a_row(
        "V28",
        "cost_per_session",
        "FINANCE",
        "cost_staff",
        fails={"cost_staff": "400.00"},
        passes={"cost_staff": "4000.00"},
    ),
    a_row(
        "V28",
        "weekly_charge",
        "FINANCE",
        "income_charges",
        fails={"income_charges": "4000.00", "charge_per_session": None},
        passes={"income_charges": "4000.00", "charge_per_session": "50.00"},
    ),
    Shown(
        rule="V29",
        says="transport_charged",
        at=(Place("FINANCE", 2, "income_charges_transport"),),
        fails={
            "ACTIVITY": ({"people_transport_provided": "3"},),
            "FINANCE": ({"income_charges": "10.00", "income_charges_transport": "5.00"},),
        },
        passes={
            "ACTIVITY": ({"people_transport_provided": "0"},),
            "FINANCE": ({"income_charges": "10.00", "income_charges_transport": "5.00"},),
        },
    ),
    a_row(
        "V29",
        "part_over_whole",
        "FINANCE",
        "income_charges_transport",
        fails={"income_charges": "10.00", "income_charges_transport": "11.00"},
        passes={"income_charges": "10.00", "income_charges_transport": "10.00"},
    ),
)
