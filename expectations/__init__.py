"""The contract: what a return must look like, the rules it is held to, and what is made from them.

A column, a code or a rule is written down here once and nowhere else. Who delivers, stores or schedules belongs above.
"""
