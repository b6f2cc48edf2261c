"""Where the parts are put together: definitions, jobs, schedules, sensors and the command line.

What is reckoned, read or stored belongs below, in `assets`, `resources`, `warehouse` and `expectations`. Nothing is
re-exported here, so importing the package does nothing.
"""
