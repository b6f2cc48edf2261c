"""The store: tables, migrations, loads, indicators in SQL, and releases.

What rows must look like belongs in `expectations`. Files and the server belong in `resources`, which this package
never imports, and it knows no orchestrator.
"""
