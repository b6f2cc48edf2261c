"""Telling operators before they ask: what is news, what of it was told already, and who has not taken it yet.

`news` looks at what happened, `post` keeps what waits to be told, `causes` says in one line why a run failed, `night`
knows when the last night was, and `arrivals` what came between nights. Channels themselves are in
`resources.channels`.
"""
