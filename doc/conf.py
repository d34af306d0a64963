"""Sphinx configuration of `make docs`; the pages that F1 opens are made by tools/help_pages.py."""
project = "Orange3-Customs"
author = "Orange3-Customs"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
source_suffix = {".md": "markdown"}
master_doc = "index"
exclude_patterns = ["_build"]
html_theme = "alabaster"
html_theme_options = {"page_width": "1040px", "sidebar_width": "230px"}
autodoc_mock_imports = []
suppress_warnings = ["myst.header",
                     "misc.highlighting_failure"]  # tables of groups: there is no lexer of CSV
myst_heading_anchors = 3  # links to a section: page.md#section


def setup(app):
    """Tables are shown as they are: Pygments knows no CSV."""
    from pygments.lexers.special import TextLexer

    app.add_lexer("csv", TextLexer)
