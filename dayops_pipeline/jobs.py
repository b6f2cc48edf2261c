"""The jobs: collect what came, take one month through the walk, make one month's figures anew, lay out what is public.

A job says which assets run together; when they run is said in `schedules` and `sensors`.
"""

import dagster as dg

COLLECT = dg.AssetSelection.assets("delivered_returns")
FIGURES = dg.AssetSelection.assets(
    "compared_returns", "feedback", "national_indicators", "protected_indicators", "release"
)
MONTH = dg.AssetSelection.assets("read_returns", "checked_returns", "loaded_returns") | FIGURES

nightly = dg.define_asset_job(
    "nightly", COLLECT, description="Collect what was delivered; the months it touches run next, by the sensor."
)
month = dg.define_asset_job("month", MONTH, description="Take one month from the archive to its release.")
figures = dg.define_asset_job(
    "figures",
    FIGURES,
    description="Make what follows from one month's returns anew: comparisons, replies and figures. Nothing is read.",
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
