"""Made-up returns: a nation of providers, what happened there, how they write it down, and the faults they make.

Everything that a return may hold is taken from the contract; here stands only what is made up. The way from the seed to
the folder: `people` > `nation` > `diary` > `books` > `returns` (or `baseline`) > `planting` > `hand` > `file_faults` >
`folder`.
"""
