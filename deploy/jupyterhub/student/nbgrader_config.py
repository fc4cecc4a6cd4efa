"""A student hands in under the name that the hub knows; nbgrader would take the operating system's user."""

import os

c = get_config()

c.CourseDirectory.student_id = os.environ["JUPYTERHUB_USER"]
