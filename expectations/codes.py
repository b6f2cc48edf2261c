"""The code lists: every code that a return may use, with its English meaning. Welsh meanings are in the wording.

A list is a mapping from code to label, in the order in which people read it. Authorities, regions and note codes are
dated reference data and live in `reference`.
"""

from collections.abc import Mapping

_CLIENT_GROUPS = {
    "LD": "Learning disability",
    "OP": "Older people",
    "DEM": "Dementia",
    "PD": "Physical disability",
    "SI": "Sensory impairment",
    "MH": "Mental health",
    "AUT": "Autism",
    "CARER": "Unpaid carers",
}

CODE_LISTS: Mapping[str, Mapping[str, str]] = {
    "spec_version": {"1.0": "Version 1.0"},
    "profile": {
        "FULL": "Person-level return",
        "LITE": "Aggregate return",
        "BASELINE": "Pre-pandemic baseline month",
    },
    "provider_sector": {
        "LA": "Local authority",
        "NHS": "NHS",
        "PRIVATE": "Private company",
        "THIRD": "Third sector",
        "SOCENT": "Social enterprise",
        "COOP": "Co-operative",
    },
    "nil_reason": {
        "CLOSED_TEMP": "Closed for the time being",
        "NO_CLIENTS": "Nobody attending",
        "NOT_STARTED": "Not started yet",
    },
    "language": {"en": "English", "cy": "Welsh"},
    "setting": {
        "BUILDING": "Day centre or other building base",
        "COMMUNITY": "In the community",
        "WORK": "Work-based",
        "OUTREACH_1TO1": "One-to-one outreach",
        "DIGITAL": "Digital",
        "RESPITE_DAY": "Day respite",
    },
    "tier": {"1": "Preventative support", "2": "Personalised support", "3": "Specialist support"},
    "service_client_group": {**_CLIENT_GROUPS, "MIXED": "Mixed"},
    "client_group": _CLIENT_GROUPS,
    "contract_type": {
        "INHOUSE": "Run by the authority itself",
        "BLOCK": "Block contract",
        "SPOT": "Spot purchase",
        "SLA": "Service level agreement",
        "GRANT": "Grant",
        "DP_ONLY": "Direct payments only",
        "NONE": "No contract",
    },
    "closure_reason": {
        "PANDEMIC": "Pandemic",
        "PREMISES": "Premises, flood included",
        "FINANCE": "Finance",
        "REDESIGN": "Redesign of the service",
        "OPERATOR_EXIT": "The operator withdrew",
        "STAFFING": "Staffing",
    },
    "welsh_medium": {
        "YES": "In Welsh",
        "BILINGUAL": "In both languages",
        "ON_REQUEST": "In Welsh on request",
        "NO": "Not in Welsh",
    },
    "age_band": {
        "18-24": "18 to 24",
        "25-44": "25 to 44",
        "45-64": "45 to 64",
        "65-74": "65 to 74",
        "75-84": "75 to 84",
        "85+": "85 and over",
        "NK": "Not known",
    },
    "gender": {"M": "Male", "F": "Female", "NB": "Non-binary", "X": "Not known"},
    "ethnicity_broad": {
        "A": "Asian",
        "B": "Black",
        "M": "Mixed",
        "W": "White",
        "O": "Other",
        "U": "Not known",
    },
    "preferred_language": {
        "EN": "English",
        "CY": "Welsh",
        "BSL": "British Sign Language",
        "OTHER": "Another language",
        "NK": "Not known",
    },
    "yes_no_not_known": {"Y": "Yes", "N": "No", "NK": "Not known"},
    "yes_no": {"Y": "Yes", "N": "No"},
    "end_reason": {
        "EMPLOYMENT": "Moved into employment",
        "MOVED_TIER": "Moved to another tier",
        "MOVED_AREA": "Moved away",
        "CARE_HOME": "Moved into a care home",
        "DIED": "Died",
        "CHOICE": "Own choice",
        "SERVICE_CLOSED": "The service closed",
        "OTHER": "Another reason",
    },
    "funding": {
        "LA": "Local authority",
        "DP": "Direct payment",
        "CHC": "NHS continuing health care",
        "SELF": "Self-funded",
        "MIXED": "Mixed",
    },
    "part": {"AM": "Morning", "PM": "Afternoon", "EVE": "Evening"},
    "status": {
        "ATT": "Attended",
        "DNA": "Did not attend",
        "CXL_PERSON": "Cancelled by the person",
        "CXL_PROVIDER": "Cancelled by the provider",
        "CLOSED": "Service closed",
    },
    "mode": {"IN_PERSON": "In person", "DIGITAL": "Digital"},
    "role": {
        "MANAGER": "Manager",
        "SENIOR": "Senior worker",
        "SUPPORT": "Support worker",
        "JOB_COACH": "Job coach",
        "DRIVER": "Driver",
        "LAC": "Local area co-ordinator",
        "ADMIN": "Administrator",
    },
    "carer_group": {"ADULT": "Adult carers, 18 and over", "YOUNG_ADULT": "Young adult carers, 16 to 24"},
    "area_word": {"SELF": "Self-funded, or no authority", "OUTSIDE_WALES": "Outside Wales"},
}
