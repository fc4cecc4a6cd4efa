"""Fuzzing: every reader of foreign files and every command is given what nobody means, and answers by taking it or by refusing it in words.

    python -m tests.attacks.fuzz --inputs 1000000        (counts, and what was found; exit status 1 if anything was)
    ... --on build/fuzz.json --keep build/fuzz           (in rounds, of which an interrupted run does the rest; what goes wrong is kept as it comes)
    python -m tests.attacks.fuzz --only edifact --show 17 (one input again: its target and number, which say all, as inputs follow from the seed)

Readers stand in `readers`, commands follow from their declarations (`commands`). What was found once lies in `tests/attacks/corpus`, a folder for each target,
and is tried first in every run. `tests/attacks/test_fuzz.py` runs a sample in `make test` and a million inputs in `make test-all`.
"""
