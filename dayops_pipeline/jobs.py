"""The jobs: collect what came, take in one month's returns, make what follows from them, lay out what is public.

A job says which assets run together; when they run is said in `schedules` and `sensors`.
"""

import dagster as dg

COLLECT = dg.AssetSelection.assets("delivered_returns")
RETURNS = dg.AssetSelection.assets("read_returns", "checked_returns", "loaded_returns")
REPLIES = dg.AssetSelection.assets("compared_returns", "feedback")
FIGURES = REPLIES | dg.AssetSelection.assets("national_indicators", "protected_indicators", "release")
MONTH = RETURNS | FIGURES

nightly = dg.define_asset_job(
    "nightly", COLLECT, description="Collect what was delivered; the months it touches run next, by the sensor."
)
returns = dg.define_asset_job(
    "returns",
    RETURNS,
    description="Read, check and load one month's returns. What follows from them is made afterwards.",
)
figures = dg.define_asset_job(
    "figures",
    FIGURES,
    description="Make what follows from one month's returns anew: comparisons, replies and figures. Nothing is read.",
)
replies = dg.define_asset_job(
    "replies", REPLIES, description="Answer one month's returns where its figures stay as they are."
)
month = dg.define_asset_job(
    "month",
    MONTH,
    description="Take one month from the archive to its release. For people: the night does it in parts.",
)
publication = dg.define_asset_job(
    "publication",
    dg.AssetSelection.assets("published_releases"),
    description="Lay out the files of the releases that are public by now.",
)
reminding = dg.define_asset_job(
    "reminding",
    dg.AssetSelection.assets("reminders"),
    description="Write the reminders to providers whose return is due or overdue.",
)
