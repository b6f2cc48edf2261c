"""The walk, one module per stage, forward only.

In order:

1. `collect`: delivered files become an archive by content, and a register of deliveries.
2. `read`: archived bytes become cells as submitted, or the file is refused whole.
3. `check`: cells become accepted rows, quarantined rows and findings.
4. `load`: accepted rows become core tables, one transaction a submission.
5. `compare`: returns that stand are held against other months' and other providers'.
6. `reply`: findings become an answer to each provider.
7. `indicate`: core tables become national indicators.
8. `protect`: indicators become figures that hide every small number.
9. `publish`: protected figures become a frozen release and its files.

Beside the walk, on weekday mornings, `remind`: returns that are due or overdue become reminders to their providers.

Stages never import each other: they meet through the asset graph, the restricted store and the warehouse. `periods`
says which months there are, `rule_checks` which Dagster checks. Nothing is re-exported here.
"""
