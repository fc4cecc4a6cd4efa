"""How the model student does the tasks of the CA that no prologue plays: none so far. What other plays use of the others is found here."""

from ...kernel.plays import Player, plays  # noqa: F401
from .prologue import download_password, fetch, letter_about  # noqa: F401
