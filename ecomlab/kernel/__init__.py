"""The kernel knows nothing about commerce: commands, worlds, logbooks, replay, clock, numbers, secrets, refusals.

A *world* is a scenario, a seed and a logbook. `state.State` is what follows from them (DuckDB tables and the
accepted entries) and touches no file; `world.World` keeps a state in step with a logbook on disk.
"""
