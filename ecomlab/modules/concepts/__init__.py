"""Concepts of the field: drawn questions on cases of business, and explanations in one's own words with an example from one's own laboratory.

A sheet has cases drawn by the seed; the student names the term for each, twice at most, and is told which of the terms given to read
again, never the truth. Statements that are true or false are judged with the concept that decides, for practice. Then a term is explained, and a
document is named that is an instance of it: whether it is one follows from its kind. What the words are worth only a teacher can say;
`concepts.explanations` lists them.

Everything is done by the student in person, so there is no role and no sign-in.
"""

from . import checks, explaining, judging, sheets  # noqa: F401
