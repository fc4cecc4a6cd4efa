"""Teaching a lesson on B2C: the teacher student prepares it, plans its 40 minutes, teaches a class and reviews what the class did.

What can be judged is: days, minutes and order, questions that are open, tasks that exist and come after those they need, figures of the own
laboratory, the class's points. What the words are worth a teacher marks; `teaching.plan_page` shows a plan whole.

Everything is done by the student in person, so there is no role and no sign-in.
"""

from . import checks, comparing, planning, reviewing  # noqa: F401
