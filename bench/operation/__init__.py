"""dayops in operation: what `kill -9` leaves behind, what an empty night takes, and whether many nights wear it out."""
