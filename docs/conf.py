"""The documentation site: pages of this folder, pages made from plans and code, notebooks.

Built by `python3 scripts/dev.py docs`, strictly and without a network. Its own tools are in
`_site`; what they write goes into `tra-cuu`, which git ignores.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_site"))

project = "tthc-kpi"
language = "vi"
extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "site_links",
    "site_pages",
    "site_run",
    "site_theme",
]
exclude_patterns = ["_site", "**/.ipynb_checkpoints"]
source_suffix = {".md": "markdown", ".rst": "restructuredtext"}

myst_heading_anchors = 4
myst_enable_extensions = ["attrs_block", "attrs_inline", "colon_fence"]

autodoc_typehints = "signature"
autodoc_member_order = "bysource"
autodoc_default_options = {"members": True, "show-inheritance": True}
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 60
# "id" is an attribute of several classes.
suppress_warnings = ["ref.python"]
# Types that have no page: those of other libraries, and aliases behind the public names.
nitpick_ignore_regex = [(r"py:.*", r"^(?!tthc_kpi\.[A-Za-z]).*"), (r"py:.*", r"^tthc_kpi\._.*")]

html_theme = "furo"
html_title = "tthc-kpi"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False
html_show_sphinx = False
html_theme_options = {
    "light_css_variables": {
        "color-brand-primary": "#1a5c96",
        "color-brand-content": "#1a5c96",
        "font-stack": '"Segoe UI", "Noto Sans", system-ui, -apple-system, Roboto, sans-serif',
        "font-stack--monospace": '"Cascadia Mono", Consolas, "Noto Sans Mono", monospace',
    },
    "dark_css_variables": {
        "color-brand-primary": "#86bdf0",
        "color-brand-content": "#86bdf0",
    },
}
pygments_style = "friendly"
pygments_dark_style = "native"
