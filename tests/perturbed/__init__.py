"""The playbook perturbed: proof, for every task, that points follow what its text names and nothing else.

A model student plays a scenario once in memory (`stage`). Before and after each task its calls are done otherwise (`variants`), graded for
that task alone, and taken back (`trial`). What the product refuses is no variant. Where points may be otherwise, the check says so:

    excuse("B2C005", {"A b2c.new_purchase.delivery_day": "the text leaves the day open"})

The key is a variant's kind and what it varies, as the list of wrong ones shows it:

    python -m tests.perturbed --task B2C003      # in seconds; --module b2c, or all; --all shows what is right, too
"""
