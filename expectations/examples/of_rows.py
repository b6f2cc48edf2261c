"""Examples of what is asked between the cells of a row, and between sheets: rules V06 and V09 to V20."""

from expectations.examples.model import Place, Sheets, Shown, a_cell, a_row

_CLOSED_SERVICE = {
    "service_id": "DOS000002",
    "open_from": "2019-04-01",
    "closed_on": "2026-08-31",
    "closure_reason": "FINANCE",
}

_NO_ACTIVITY: Sheets = dict.fromkeys(
    (
        "ACTIVITY",
        "PEOPLE",
        "ATTENDANCE",
        "WAITING",
        "WORKFORCE",
        "FINANCE",
        "CARERS",
        "VOLUNTEERS",
        "OUTCOMES",
    ),
    (),
)

ROW_EXAMPLES: tuple[Shown, ...] = (
    a_cell(
        "V09",
        "more_attended_than_enrolled",
        "ACTIVITY",
        "people_attended",
        fails="9",
        passes="8",
        people_enrolled="8",
    ),
    a_row(
        "V10",
        "sessions_do_not_add_up",
        "ACTIVITY",
        "sessions_planned",
        fails={
            "sessions_planned": "100",
            "sessions_attended": "80",
            "sessions_dna": "14",
            "sessions_cancelled_provider": "5",
        },
        passes={
            "sessions_planned": "100",
            "sessions_attended": "80",
            "sessions_dna": "15",
            "sessions_cancelled_provider": "5",
        },
    ),
    a_row(
        "V10",
        "more_attended_than_planned",
        "ACTIVITY",
        "sessions_attended",
        fails={"sessions_attended": "81", "sessions_planned": "80"},
        passes={
            "sessions_attended": "80",
            "sessions_planned": "80",
            "sessions_dna": "0",
            "sessions_cancelled_provider": "0",
        },
    ),
    a_row(
        "V11",
        "people_without_sessions",
        "ACTIVITY",
        "people_attended",
        fails={"people_attended": "8", "sessions_attended": "7", "sessions_dna": "88", "hours_delivered": "20"},
        passes={"people_attended": "8", "sessions_attended": "80", "sessions_dna": "15", "hours_delivered": "240"},
    ),
    a_cell(
        "V11", "hours_per_session", "ACTIVITY", "hours_delivered", fails="481", passes="480", sessions_attended="80"
    ),
    a_cell(
        "V12",
        "more_held_than_planned",
        "SERVICES",
        "open_sessions_held",
        fails="21",
        passes="20",
        open_sessions_planned="20",
    ),
    Shown(
        rule="V12",
        says="over_places",
        at=(Place("SERVICES", 2, "open_sessions_held"),),
        fails={
            "SERVICES": ({"places_per_session": "7", "open_sessions_held": "10"},),
            "ACTIVITY": ({"sessions_attended": "80"},),
        },
        passes={
            "SERVICES": ({"places_per_session": "8", "open_sessions_held": "10"},),
            "ACTIVITY": ({"sessions_attended": "80"},),
        },
    ),
    Shown(
        rule="V12",
        says="far_over_places",
        at=(Place("SERVICES", 2, "open_sessions_held"),),
        fails={
            "SERVICES": ({"places_per_session": "6", "open_sessions_held": "10"},),
            "ACTIVITY": ({"sessions_attended": "80"},),
        },
        passes={
            "SERVICES": ({"places_per_session": "8", "open_sessions_held": "10"},),
            "ACTIVITY": ({"sessions_attended": "80"},),
        },
    ),
    a_row(
        "V13",
        "bands_do_not_add_up",
        "WAITING",
        "waiting_total",
        fails={
            "waiting_total": "10",
            "wait_0_6w": "5",
            "wait_6_12w": "3",
            "wait_12_26w": "2",
            "wait_26w_plus": "1",
        },
        passes={
            "waiting_total": "11",
            "wait_0_6w": "5",
            "wait_6_12w": "3",
            "wait_12_26w": "2",
            "wait_26w_plus": "1",
        },
    ),
    a_row(
        "V14",
        "pay_does_not_add_up",
        "WORKFORCE",
        "paid_at_or_above_rlw",
        fails={
            "headcount_perm": "4",
            "headcount_fixed": "1",
            "paid_at_or_above_rlw": "3",
            "paid_below_rlw": "1",
            "pay_unknown": "0",
        },
        passes={
            "headcount_perm": "4",
            "headcount_fixed": "1",
            "paid_at_or_above_rlw": "4",
            "paid_below_rlw": "1",
            "pay_unknown": "0",
        },
    ),
    a_cell(
        "V15", "wte_differs", "WORKFORCE", "wte", fails="4.22", passes="4", role="SUPPORT", contract_hours_week="156"
    ),
    a_cell(
        "V15", "wte_differs", "WORKFORCE", "wte", fails="4", passes="4.22", role="SENIOR", contract_hours_week="156"
    ),
    a_cell(
        "V16",
        "more_agency_hours",
        "WORKFORCE",
        "agency_hours_month",
        fails="601",
        passes="600",
        total_hours_month="600",
    ),
    Shown(
        rule="V16",
        says="agency_without_cost",
        at=(Place("WORKFORCE", 2, "headcount_agency"),),
        fails={"WORKFORCE": ({"headcount_agency": "1"},), "FINANCE": ({"cost_agency": "0"},)},
        passes={"WORKFORCE": ({"headcount_agency": "1"},), "FINANCE": ({"cost_agency": "850.00"},)},
    ),
    Shown(
        rule="V16",
        says="cost_without_agency",
        at=(Place("FINANCE", 2, "cost_agency"),),
        fails={"WORKFORCE": ({"headcount_agency": "0"},), "FINANCE": ({"cost_agency": "850.00"},)},
        passes={"WORKFORCE": ({"headcount_agency": "0"},), "FINANCE": ({"cost_agency": "0"},)},
    ),
    a_row(
        "V17",
        "only_when",
        "PEOPLE",
        "active_offer_accepted",
        fails={"active_offer_made": "N", "active_offer_accepted": "Y"},
        passes={"active_offer_made": "N", "active_offer_accepted": None, "delivered_in_preferred": None},
    ),
    a_row(
        "V17",
        "only_when",
        "PEOPLE",
        "delivered_in_preferred",
        fails={"active_offer_accepted": "N", "delivered_in_preferred": "Y"},
        passes={"active_offer_accepted": "N", "delivered_in_preferred": None},
    ),
    a_cell("V18", "part_over_whole", "OUTCOMES", "plans_reviewed_on_time", fails="6", passes="5", plans_due_review="5"),
    a_cell("V18", "part_over_whole", "OUTCOMES", "people_paid_work_16h", fails="4", passes="3", people_paid_work="3"),
    a_cell(
        "V18",
        "parts_over_whole",
        "OUTCOMES",
        "outcomes_reviewed",
        fails="10",
        passes="11",
        outcomes_achieved_full="8",
        outcomes_achieved_part="3",
    ),
    a_cell("V19", "reason_missing", "SERVICES", "closure_reason", fails=None, passes="FINANCE", closed_on="2026-09-30"),
    Shown(
        rule="V19",
        says="nil_reason_missing",
        at=(Place("RETURN", 2, "nil_reason"),),
        fails={"RETURN": ({"nil_return": "TRUE", "nil_reason": None},), **_NO_ACTIVITY},
        passes={"RETURN": ({"nil_return": "TRUE", "nil_reason": "NO_CLIENTS"},), **_NO_ACTIVITY},
    ),
    Shown(
        rule="V19",
        says="nil_with_activity",
        at=(Place("RETURN", 2, "nil_return"),),
        fails={"RETURN": ({"nil_return": "TRUE", "nil_reason": "NO_CLIENTS"},)},
        passes={"RETURN": ({"nil_return": "FALSE", "nil_reason": None},)},
    ),
    Shown(
        rule="V20",
        says="service_unknown",
        at=(Place("VOLUNTEERS", 3, "service_id"),),
        fails={
            "SERVICES": ({"service_id": "DOS000001"},),
            "VOLUNTEERS": ({"service_id": "DOS000001"}, {"service_id": "DOS000009"}),
        },
        passes={
            "SERVICES": ({"service_id": "DOS000001"}, {"service_id": "DOS000009"}),
            "VOLUNTEERS": ({"service_id": "DOS000001"}, {"service_id": "DOS000009"}),
        },
    ),
    Shown(
        rule="V20",
        says="service_not_open",
        at=(Place("FINANCE", 3, "service_id"),),
        fails={
            "SERVICES": ({"service_id": "DOS000001"}, _CLOSED_SERVICE),
            "FINANCE": ({"service_id": "DOS000001"}, {"service_id": "DOS000002"}),
        },
        passes={
            "SERVICES": ({"service_id": "DOS000001"}, {**_CLOSED_SERVICE, "closed_on": "2026-09-30"}),
            "FINANCE": ({"service_id": "DOS000001"}, {"service_id": "DOS000002"}),
        },
    ),
    Shown(
        rule="V20",
        says="service_refused",
        at=(Place("FINANCE", 3, "service_id"),),
        cause=("V06", Place("SERVICES", 3, "tier")),
        fails={
            "SERVICES": ({"service_id": "DOS000001", "tier": "1"}, {"service_id": "DOS000002", "tier": "9"}),
            "FINANCE": ({"service_id": "DOS000001"}, {"service_id": "DOS000002"}),
        },
        passes={
            "SERVICES": ({"service_id": "DOS000001", "tier": "1"}, {"service_id": "DOS000002", "tier": "2"}),
            "FINANCE": ({"service_id": "DOS000001"}, {"service_id": "DOS000002"}),
        },
    ),
    Shown(
        rule="V06",
        says="day_service_closed",
        at=(Place("ATTENDANCE", 2, "date"),),
        fails={
            "SERVICES": ({"closed_on": "2026-09-11", "closure_reason": "FINANCE"},),
            "ATTENDANCE": ({"date": "2026-09-12"},),
        },
        passes={
            "SERVICES": ({"closed_on": "2026-09-11", "closure_reason": "FINANCE"},),
            "ATTENDANCE": ({"date": "2026-09-04"},),
        },
    ),
)
