"""Benchmarks: what is promised of the whole, measured on this machine. Each is a module with a make target of its own.

They use the project as its users do, and nothing of the project uses them.
"""
