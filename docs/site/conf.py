"""Sphinx's settings for the site; `build.py` lays out the pages and says the language."""

import ecomlab

project = "ecomlab"
author = "the ecomlab maintainers"
release = version = ecomlab.__version__
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
myst_heading_anchors = 4
# A notebook's tasks are headings below a section's, and a card's warning may come first: levels are the lesson's, not a mistake.
suppress_warnings = ["myst.header"]

html_theme = "furo"
html_title = f"ecomlab {release}"
html_show_sphinx = False
html_copy_source = False
# Fonts that are there: nothing is loaded from elsewhere.
html_theme_options = {
    "light_css_variables": {"font-stack": 'system-ui, "Noto Sans CJK SC", "Noto Sans SC", "PingFang SC", "Microsoft YaHei", sans-serif'},
}
