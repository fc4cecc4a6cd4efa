"""The teacher's side: where the course lies, with the settings that it brings."""

from pathlib import Path

c = get_config()

course = Path.home() / "course"
load_subconfig("nbgrader_config.py", path=str(course))  # the formgrader runs in the home folder and would not see them
c.CourseDirectory.root = str(course)

# All servers are one user of the operating system's, so the owner of a file says nothing about who handed it in. Where each student has an
# account of the system or a container, leave this out: nbgrader then warns of a submission that somebody else owns.
c.ExchangeCollect.check_owner = False
