"""The eleven sheets of the return, version 1.0: the only place where a column is written down.

Labels and meanings are English; the Welsh stands in `wording/cy.toml` under the same names. A header may be written as
the column's name, its English label or its Welsh label.
"""

from expectations.contract import (
    Amount,
    Area,
    Code,
    Column,
    Count,
    Day,
    Flag,
    Kind,
    Month,
    Need,
    Pattern,
    Profile,
    Sheet,
    Text,
    When,
)

PROVIDER_ID = Pattern(r"DOP\d{5}", "DOP and five digits, such as DOP01234", prefix="DOP", digits=5)
SERVICE_ID = Pattern(r"DOS\d{6}", "DOS and six digits, such as DOS012345", prefix="DOS", digits=6)
RETURN_ID = Pattern(
    r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}",
    "a UUID, 32 digits and letters a to f in five groups",
)
POSTCODE = Pattern(r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}", "a postcode, such as LD1 5LG")
PERSON_REF = Pattern(r"[0-9a-f]{16}", "16 digits and letters a to f, made with the national key", rule="V08")
SERVICE_GROUP = Pattern(r"[A-Z0-9_]{1,20}", "a short name of your own in capitals, such as DAY_NORTH", is_free=True)

ANYONE = frozenset(Profile)
MONTHLY = frozenset({Profile.FULL, Profile.LITE})
PERSON_LEVEL = frozenset({Profile.FULL})

WITH_PLACES = When("setting", ("BUILDING", "COMMUNITY", "RESPITE_DAY"))


def _required(name: str, kind: Kind, label: str, about: str) -> Column:
    return Column(name, kind, label, about)


def _optional(name: str, kind: Kind, label: str, about: str) -> Column:
    return Column(name, kind, label, about, Need.OPTIONAL)


def _conditional(name: str, kind: Kind, label: str, about: str, when: When) -> Column:
    return Column(name, kind, label, about, Need.CONDITIONAL, when)


def _count(name: str, label: str, about: str) -> Column:
    return _required(name, Count(), label, about)


def _pounds(name: str, label: str, about: str) -> Column:
    return _required(name, Amount("GBP"), label, about)


def _hours(name: str, label: str, about: str) -> Column:
    return _required(name, Amount("hours"), label, about)


def _code(name: str, list_name: str, label: str, about: str) -> Column:
    return _required(name, Code(list_name), label, about)


_SERVICE = _required("service_id", SERVICE_ID, "Service number", "The service, as on the SERVICES sheet.")
_COMMISSIONER = _required(
    "commissioning_la",
    Area(besides=("SELF",)),
    "Commissioning authority",
    "The authority that arranged the support (GSS code), or SELF for people who fund it themselves.",
)
_GROUP = _code("client_group", "client_group", "Client group", "The group that the person's main need belongs to.")
_AGE = _code("age_band", "age_band", "Age band", "Age on the last day of the month.")
_PERSON = Column(
    "person_ref",
    PERSON_REF,
    "Person reference",
    "The person's keyed reference: never a name, an NHS number or a date of birth.",
    is_sensitive=True,
)

RETURN = Sheet(
    name="RETURN",
    about="Who sends this return, for which month, and which version of it this is. One row.",
    table="landing.submission",
    key=("provider_id",),
    profiles=ANYONE,
    is_activity=False,
    columns=(
        _required(
            "return_id", RETURN_ID, "Return number", "A unique number that your system gives to this submission."
        ),
        _code("spec_version", "spec_version", "Version of the form", "The version of this form that was filled in."),
        _required("provider_id", PROVIDER_ID, "Provider number", "The number that the national register gave you."),
        _required("provider_name_en", Text(is_free=True), "Provider name (English)", "Your organisation's name."),
        _optional(
            "provider_name_cy", Text(is_free=True), "Provider name (Welsh)", "Your organisation's name in Welsh."
        ),
        _code("provider_sector", "provider_sector", "Sector", "The kind of organisation."),
        _required("lead_la", Area(), "Lead authority", "The authority that this return is agreed with (GSS code)."),
        _required("period", Month(), "Month", "The month that this return is about, YYYY-MM."),
        _required(
            "submission_no",
            Count(most=999, least=1),
            "Submission number",
            "1 for the first, 2 for the first correction...",
        ),
        _code(
            "profile",
            "profile",
            "Kind of return",
            "FULL with person-level sheets, LITE without, BASELINE before 2020-03.",
        ),
        _required("nil_return", Flag(), "Nil return", "TRUE where there was no activity at all in the month."),
        _conditional(
            "nil_reason",
            Code("nil_reason"),
            "Reason for the nil return",
            "Why there was none.",
            When("nil_return", ("TRUE",)),
        ),
        _required(
            "prepared_by_role",
            Text(80, is_free=True, names="roles"),
            "Prepared by (role)",
            "A job title, never a name.",
        ),
        _required("declared_on", Day(), "Date of declaration", "The day on which the return was declared correct."),
        _code("language", "language", "Language of the reply", "The language you want to hear back in first."),
        _optional(
            "reason_for_change",
            Text(is_free=True, names="roles"),
            "Reason for the change",
            "Why figures that were final are sent again, after the financial year's last return was due.",
        ),
    ),
)

SERVICES = Sheet(
    name="SERVICES",
    about="Each service that was open in the month, or closed in it. A service that changed in the month has two rows.",
    table="core.service_month",
    key=("service_id", "open_from"),
    profiles=ANYONE,
    is_activity=False,
    columns=(
        _required(
            "service_id", SERVICE_ID, "Service number", "The number that the national register gave the service."
        ),
        _required("service_name_en", Text(is_free=True), "Service name (English)", "The service's name."),
        _optional("service_name_cy", Text(is_free=True), "Service name (Welsh)", "The service's name in Welsh."),
        _conditional(
            "site_postcode", POSTCODE, "Postcode of the site", "Where the building is.", When("setting", ("BUILDING",))
        ),
        _required("service_la", Area(), "Authority of the site", "The authority in which the service is (GSS code)."),
        _code("setting", "setting", "Setting", "Where the service happens."),
        _code("tier", "tier", "Tier", "How specialised the support is."),
        _code("client_group_main", "service_client_group", "Main client group", "Whom the service is mainly for."),
        _code("contract_type", "contract_type", "Kind of contract", "How the service is paid for."),
        _required("open_from", Day(), "Open from", "The first day of this row's facts."),
        _optional("closed_on", Day(), "Closed on", "The last day, where the service closed."),
        _conditional(
            "closure_reason", Code("closure_reason"), "Reason for closing", "Why it closed.", When("closed_on")
        ),
        _optional("predecessor_service_id", SERVICE_ID, "Predecessor", "The service that this one took over from."),
        _conditional(
            "places_per_session", Count(2_000), "Places a session", "How many people one session can take.", WITH_PLACES
        ),
        _count("open_sessions_planned", "Open sessions planned", "Half-days on which the service was to be open."),
        _count("open_sessions_held", "Open sessions held", "Half-days on which the service was open."),
        _optional(
            "accessible_changing_place", Flag(), "Changing Place", "TRUE where there is a Changing Places toilet."
        ),
        _code("welsh_medium", "welsh_medium", "Welsh medium", "Whether the service works in Welsh."),
        _optional(
            "ciw_service_ref",
            Text(40, is_free=True, names="none"),
            "Care Inspectorate Wales reference",
            "Where the provider has one.",
        ),
    ),
)

ACTIVITY = Sheet(
    name="ACTIVITY",
    about="People, sessions and hours by service, commissioning authority, client group and age band.",
    table="core.activity",
    key=("service_id", "commissioning_la", "client_group", "age_band"),
    profiles=ANYONE,
    columns=(
        _SERVICE,
        _COMMISSIONER,
        _GROUP,
        _AGE,
        _count("people_enrolled", "People enrolled", "People on the register on the last day of the month."),
        _count("people_attended", "People attended", "Different people who came at least once."),
        _count("new_starters", "New starters", "People who started in the month."),
        _count("leavers", "Leavers", "People who left in the month."),
        _count("sessions_planned", "Sessions planned", "Half-days planned for these people."),
        _count("sessions_attended", "Sessions attended", "Half-days attended; a full day is two."),
        _count("sessions_cancelled_provider", "Sessions cancelled by the provider", "Half-days that you called off."),
        _count("sessions_dna", "Sessions not attended", "Half-days that the person missed or called off."),
        _hours("hours_delivered", "Hours delivered", "Hours of support, in hours and hundredths."),
        _count("people_direct_payment", "People with a direct payment", "Of those who attended."),
        _count("people_out_of_county", "People from another county", "Of those who attended: they live elsewhere."),
        _optional("people_transport_provided", Count(), "People given transport", "Of those who attended."),
        _optional("people_digital", Count(), "People taking part digitally", "Of those who attended."),
    ),
)

PEOPLE = Sheet(
    name="PEOPLE",
    about="Each person on the register of each service.",
    table="restricted.person",
    key=("person_ref", "service_id"),
    profiles=PERSON_LEVEL,
    columns=(
        _PERSON,
        _SERVICE,
        _COMMISSIONER,
        _required(
            "home_la",
            Area(besides=("OUTSIDE_WALES",)),
            "Home authority",
            "Where the person lives (GSS code or OUTSIDE_WALES).",
        ),
        _AGE,
        _code("gender", "gender", "Gender", "As the person describes it."),
        _code("ethnicity_broad", "ethnicity_broad", "Ethnicity", "Broad group, as the person describes it."),
        _GROUP,
        _code("preferred_language", "preferred_language", "Preferred language", "As the person says."),
        _code(
            "active_offer_made", "yes_no_not_known", "Welsh offered", "Was a service in Welsh offered without asking?"
        ),
        _conditional(
            "active_offer_accepted",
            Code("yes_no_not_known"),
            "Welsh accepted",
            "Was the offer accepted?",
            When("active_offer_made", ("Y",)),
        ),
        _conditional(
            "delivered_in_preferred",
            Code("yes_no_not_known"),
            "Given in the language chosen",
            "Was it given in the language chosen?",
            When("active_offer_accepted", ("Y",)),
        ),
        _required("start_date", Day(), "Start date", "The first day with this service."),
        _optional("end_date", Day(), "End date", "The last day, for people who left."),
        _conditional("end_reason", Code("end_reason"), "Reason for leaving", "Why the person left.", When("end_date")),
        _code("funding", "funding", "Funding", "Who pays."),
        _required(
            "sessions_per_week_planned",
            Amount("sessions", most=21),
            "Sessions a week planned",
            "Half-days a week in the person's plan.",
        ),
        _optional("travel_minutes", Count(600), "Travel minutes", "Usual journey there, in minutes."),
        _code(
            "has_unpaid_carer", "yes_no_not_known", "Has an unpaid carer", "Does someone care for the person unpaid?"
        ),
        _code("plan_reviewed_12m", "yes_no", "Plan reviewed", "Was the plan reviewed in the last 12 months?"),
        _code("plan_coproduced", "yes_no_not_known", "Plan co-produced", "Was the plan made together with the person?"),
    ),
)

ATTENDANCE = Sheet(
    name="ATTENDANCE",
    about="Each half-day of each person: attended, missed or cancelled.",
    table="restricted.attendance",
    key=("person_ref", "service_id", "date", "part"),
    profiles=PERSON_LEVEL,
    columns=(
        _PERSON,
        _SERVICE,
        _required("date", Day(), "Date", "The day."),
        _code("part", "part", "Part of the day", "Morning, afternoon or evening."),
        _code("status", "status", "Status", "What happened."),
        _conditional(
            "hours",
            Amount("hours", most=6),
            "Hours",
            "Hours attended, 0 to 6 in each part of the day.",
            When("status", ("ATT",)),
        ),
        _conditional("mode", Code("mode"), "Mode", "In person or digital.", When("status", ("ATT",))),
    ),
)

WAITING = Sheet(
    name="WAITING",
    about="People waiting on the last day of the quarter. Without a service number: the lead authority's own list.",
    table="core.waiting",
    key=("service_id", "commissioning_la", "client_group"),
    profiles=MONTHLY,
    is_snapshot=True,
    columns=(
        _optional(
            "service_id", SERVICE_ID, "Service number", "The service waited for; blank for the authority's own list."
        ),
        _COMMISSIONER,
        _GROUP,
        _count("waiting_total", "People waiting", "All people waiting on the day."),
        _count("wait_0_6w", "Up to 6 weeks", "Of those, waiting less than 6 weeks."),
        _count("wait_6_12w", "6 to 12 weeks", "Of those, waiting 6 weeks or more and less than 12."),
        _count("wait_12_26w", "12 to 26 weeks", "Of those, waiting 12 weeks or more and less than 26."),
        _count("wait_26w_plus", "26 weeks or more", "Of those, waiting 26 weeks or more."),
        _optional("median_wait_days", Count(5_000), "Median wait in days", "The middle wait."),
        _optional("offers_made", Count(), "Offers made", "Offers of a place in the quarter."),
        _optional("offers_declined", Count(), "Offers declined", "Of those offers, declined."),
    ),
)

WORKFORCE = Sheet(
    name="WORKFORCE",
    about="Staff on the last day of the quarter, by group of services, authority of the site and role.",
    table="core.workforce",
    key=("service_group", "service_la", "role"),
    profiles=MONTHLY,
    is_snapshot=True,
    columns=(
        _required(
            "service_group", SERVICE_GROUP, "Group of services", "Your name for the services that share these staff."
        ),
        _required("service_la", Area(), "Authority of the site", "The authority in which they work (GSS code)."),
        _code("role", "role", "Role", "What they do."),
        _count("headcount_perm", "Permanent staff", "People with a permanent contract."),
        _count("headcount_fixed", "Fixed-term staff", "People with a fixed-term contract."),
        _count("headcount_agency", "Agency staff", "Agency workers in the month."),
        _hours("contract_hours_week", "Contract hours a week", "Contracted hours a week of your own staff."),
        _required(
            "wte",
            Amount("whole-time equivalents", most=500),
            "Whole-time equivalents",
            "Contract hours a week divided by 39 for support workers and drivers, by 37 for others.",
        ),
        _hours("agency_hours_month", "Agency hours", "Hours that agency workers worked in the month."),
        _hours("total_hours_month", "All hours", "Hours that everyone worked in the month, agency included."),
        _required(
            "vacant_wte",
            Amount("whole-time equivalents", most=500),
            "Vacant whole-time equivalents",
            "Posts that are empty.",
        ),
        _count("leavers_12m", "Leavers in 12 months", "Own staff who left in the last 12 months."),
        _count("starters_12m", "Starters in 12 months", "Own staff who started in the last 12 months."),
        _optional("sickness_days", Amount("days"), "Sickness days", "Working days lost in the month."),
        _count(
            "paid_at_or_above_rlw", "Paid the Real Living Wage or more", "Own staff paid at or above the rate in force."
        ),
        _count("paid_below_rlw", "Paid below the Real Living Wage", "Own staff paid below the rate in force."),
        _count("pay_unknown", "Pay not known", "Own staff whose rate is not known."),
        _optional("qualified_required", Count(), "Required qualification held", "Own staff who hold it."),
        _count("welsh_none", "No Welsh", "Own staff with no Welsh."),
        _count("welsh_some", "Some Welsh", "Own staff with some Welsh."),
        _count("welsh_fluent", "Fluent Welsh", "Own staff who are fluent."),
    ),
)

FINANCE = Sheet(
    name="FINANCE",
    about="What each service cost in the month, and where the money came from, in pounds.",
    table="core.finance",
    key=("service_id",),
    profiles=MONTHLY,
    columns=(
        _SERVICE,
        _pounds("cost_staff", "Staff", "Pay of own staff with on-costs."),
        _pounds("cost_agency", "Agency", "Agency staff."),
        _pounds("cost_premises", "Premises", "Rent, energy, upkeep."),
        _pounds("cost_transport", "Transport", "Bringing people there and back."),
        _pounds("cost_other", "Other costs", "Everything else."),
        _pounds("income_la", "From authorities", "Income from local authorities."),
        _pounds("income_dp", "From direct payments", "Income from direct payments."),
        _pounds("income_charges", "From charges", "Income from charges to people."),
        _optional(
            "income_charges_transport",
            Amount("GBP"),
            "From charges for transport",
            "Of the charges: for bringing people there and back.",
        ),
        _pounds("income_grant", "From grants", "Income from grants."),
        _pounds("income_other", "Other income", "Everything else."),
        _optional(
            "charge_per_session", Amount("GBP", most=1_000), "Charge a session", "What a person pays for a half-day."
        ),
        _optional(
            "maintenance_backlog", Amount("GBP"), "Maintenance backlog", "What it would cost to make the building good."
        ),
    ),
)

CARERS = Sheet(
    name="CARERS",
    about="Unpaid carers whom each service supports.",
    table="core.carer",
    key=("service_id", "carer_group"),
    profiles=MONTHLY,
    columns=(
        _SERVICE,
        _code("carer_group", "carer_group", "Carer group", "Adult or young adult carers."),
        _count("carers_supported", "Carers supported", "Different carers in the month."),
        _hours("respite_hours_planned", "Respite hours planned", "Hours of respite planned."),
        _hours("respite_hours_delivered", "Respite hours delivered", "Hours of respite given."),
        _count("short_breaks", "Short breaks", "Short breaks given."),
        _count("carers_new_to_services", "Carers new to services", "Of the carers: not known to services before."),
        _count("carers_offered_assessment", "Carers offered an assessment", "Of the carers: offered one."),
    ),
)

VOLUNTEERS = Sheet(
    name="VOLUNTEERS",
    about="Volunteers at each service.",
    table="core.volunteer",
    key=("service_id",),
    profiles=MONTHLY,
    columns=(
        _SERVICE,
        _count("volunteers_active", "Active volunteers", "Different volunteers in the month."),
        _hours("volunteer_hours", "Volunteer hours", "Hours given."),
        _count("volunteers_new", "New volunteers", "Of those, new in the month."),
        _count(
            "volunteers_lived_experience", "Volunteers with lived experience", "Of those, people who use such services."
        ),
        _optional(
            "coordinator_paid_hours", Amount("hours"), "Paid co-ordinator hours", "Paid hours spent co-ordinating."
        ),
    ),
)

OUTCOMES = Sheet(
    name="OUTCOMES",
    about="Reviews, personal outcomes and work, by service, commissioning authority and client group.",
    table="core.outcome",
    key=("service_id", "commissioning_la", "client_group"),
    profiles=MONTHLY,
    columns=(
        _SERVICE,
        _COMMISSIONER,
        _GROUP,
        _count("plans_due_review", "Plans due for review", "Plans due for review in the month."),
        _count("plans_reviewed_on_time", "Plans reviewed on time", "Of those, reviewed in time."),
        _count("plans_coproduced", "Plans co-produced", "Of the plans reviewed: made together with the person."),
        _count("outcomes_reviewed", "Outcomes reviewed", "Personal outcomes looked at."),
        _count("outcomes_achieved_full", "Outcomes achieved", "Of those, achieved in full."),
        _count("outcomes_achieved_part", "Outcomes achieved in part", "Of those, achieved in part."),
        _count("people_job_goal", "People with a job goal", "People whose plan has paid work as a goal."),
        _count("people_paid_work", "People in paid work", "Of those, in paid work."),
        _count("people_paid_work_16h", "In paid work of 16 hours", "Of those in work, 16 hours a week or more."),
        _count("people_work_13w_sustained", "In work for 13 weeks", "Of those in work, for 13 weeks or more."),
        _count("people_volunteering", "People volunteering", "People who volunteer."),
        _count("people_training", "People in training", "People in training."),
    ),
)

SHEETS = (
    RETURN,
    SERVICES,
    ACTIVITY,
    PEOPLE,
    ATTENDANCE,
    WAITING,
    WORKFORCE,
    FINANCE,
    CARERS,
    VOLUNTEERS,
    OUTCOMES,
)
