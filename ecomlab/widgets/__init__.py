"""The faces in Jupyter: the form of a task, the progress, the bar with day, sessions and language, charts, dashboards.

All are anywidgets over one small script (`static/faces.js`). The kernel says what is to be seen (`view`, in the
lab's language), the browser draws it and sends what the student did as one message that carries all values. So a
click can never meet a value that is still on its way, and a password never becomes state of a widget.
"""

from . import subshells

subshells.cure()

from .bar import Bar  # noqa: E402
from .board import dashboard  # noqa: E402
from .charts import Chart  # noqa: E402
from .form import CommandForm, TaskForm, command_form, task_form  # noqa: E402
from .map import ProcessMap  # noqa: E402
from .progress import Progress, progress  # noqa: E402
from .tracing import Trace  # noqa: E402

__all__ = ["Bar", "Chart", "CommandForm", "ProcessMap", "Progress", "TaskForm", "Trace", "command_form", "dashboard", "progress", "task_form"]
