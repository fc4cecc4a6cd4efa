"""What teachers and students agree on: which course, and where assignments are handed over."""

import os

c = get_config()

c.CourseDirectory.course_id = "ecomlab"
c.Exchange.root = os.environ["ECOMLAB_EXCHANGE"]
