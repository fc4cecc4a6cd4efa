"""The nbgrader course of ecomlab. `nbgrader` is called in this folder; docs/teaching.md explains the steps."""

from nbgrader.preprocessors import CheckCellMetadata, ClearOutput, DeduplicateIds, OverwriteCells, OverwriteKernelspec

from ecomlab.grading.nbgrader_bridge import WORLD_FILES, FeedbackExporter, RestoreCells, keep_worlds_home
from ecomlab.kernel.scenario import scenario_names

c = get_config()

c.CourseDirectory.course_id = "ecomlab"

# A submitted notebook gets its cells back before anything else looks at it: one with copied, deleted or damaged
# cells, or with tags that skip a test, then neither stops the batch nor earns points that it should not.
c.Autograde.sanitize_preprocessors = [ClearOutput, RestoreCells, DeduplicateIds, OverwriteKernelspec, OverwriteCells, CheckCellMetadata]
c.OverwriteCells.add_missing_cells = True

# Answers to the questions are marked by hand. In the released notebook their cells say what to do, in both languages.
c.ClearSolutions.text_stub = "*双击这里，写下你的答案。*\n\n*Double-click here and write your answer.*"

# Feedback names the tasks in its contents.
c.GenerateFeedback.exporter_class = FeedbackExporter

# Kernels hold nothing that needs a farewell; waiting for one costs up to three seconds a notebook.
c.Execute.shutdown_kernel = "immediate"
c.Execute.timeout = 60

# The teacher's own world beside a source notebook is neither released nor laid over a student's.
c.GenerateAssignment.post_convert_hook = keep_worlds_home
c.Autograde.exclude_overwriting = {name: list(WORLD_FILES) for name in scenario_names()}

# No module of a student's is imported in place of ours; and the snapshots beside a logbook spare its own world time, nobody else's.
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback", "*.py", ".snapshots"]

# On JupyterHub:
#
# In the students' configuration (nbgrader would take the operating system's user):
#   import os
#   c.CourseDirectory.student_id = os.environ["JUPYTERHUB_USER"]
# The exchange must exist and be writable for all:
#   c.Exchange.root = "/srv/nbgrader/exchange"
# A blank formgrader in the hub: in jupyter_server_config.py
#   c.ServerApp.tornado_settings = {"headers": {"Content-Security-Policy": "frame-ancestors 'self'"}}
# Feedback in the language of students who never chose one ("zh" or "en"): in the environment of teachers and students
#   ECOMLAB_LANGUAGE=zh
# The key of this course: in the teachers' environment only. The hub gives students what follows from it (docs/teaching.md)
#   ECOMLAB_COURSE_KEY=...
