"""The outside world: settings, files, stores, readers and the Postgres server.

What a return must look like belongs in `expectations`; what the tables hold belongs in `warehouse`, which this package
never imports.
"""
