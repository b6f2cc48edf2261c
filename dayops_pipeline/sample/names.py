"""The proper names of the sample: houses, trades and post towns; no wording of the collection stands here."""

HOUSES = (
    "Bryn Teg", "Glan-yr-Afon", "Heulwen", "Enfys", "Maes y Coed", "Tŷ Gwyn", "Cwm Derw", "Pen y Dre",
    "Llys Awel", "Gwynfryn", "Hafan Deg", "Brynhyfryd", "Nant y Felin", "Golygfa", "Bryn Eithin",
    "Trem y Môr", "Cae Glas", "Dôl Werdd", "Bro Dawel", "Min y Nant", "Rhiwlas", "Tan y Graig", "Llwyn Onn",
    "Afallon", "Y Gorlan", "Pant y Celyn", "Bwthyn Blodau", "Erw Las", "Cwrt y Bont", "Allt yr Ynn",
)  # fmt: skip
TRADES = {
    "NHS": ("Health Day Therapies",),
    "PRIVATE": ("Day Care Ltd", "Support Ltd", "Care Services Ltd"),
    "THIRD": ("Community Trust", "Association", "Friends", "Project"),
    "SOCENT": ("Enterprises CIC", "Works CIC"),
    "COOP": ("Care Co-operative", "Growers Co-operative"),
}
WHAT_BY_SETTING = {
    "BUILDING": "Day Centre",
    "COMMUNITY": "Community Club",
    "WORK": "Workshop",
    "OUTREACH_1TO1": "Outreach",
    "DIGITAL": "Online Club",
    "RESPITE_DAY": "Respite Service",
}
ROLES = ("Service manager", "Business manager", "Data officer", "Registered manager", "Finance officer")
POST_TOWNS = {
    "W06000001": "LL77", "W06000002": "LL55", "W06000003": "LL30", "W06000004": "LL15", "W06000005": "CH7",
    "W06000006": "LL13", "W06000023": "LD1", "W06000008": "SY23", "W06000009": "SA61", "W06000010": "SA31",
    "W06000011": "SA1", "W06000012": "SA11", "W06000013": "CF31", "W06000014": "CF62", "W06000016": "CF37",
    "W06000024": "CF47", "W06000018": "CF83", "W06000019": "NP23", "W06000020": "NP4", "W06000021": "NP15",
    "W06000022": "NP19", "W06000015": "CF10",
}  # fmt: skip
