"""
``--report page.html``: what came of a run, on a page that holds all that it shows
================================================================================

What widgets say at the end, how much each puts out, and their own reports, as Canvas shows them.
The page runs no script and loads nothing, whatever the widgets have written into it.
"""
from html import escape

from .outcome import RESULTS, described

__all__ = ["page"]

_STYLE = """body{font:14px sans-serif;max-width:60em;margin:2em auto;padding:0 1em;color:#222}
table{border-collapse:collapse;margin:.5em 0}td,th{border:1px solid #ccc;padding:.2em .6em;
text-align:left;vertical-align:top;font-weight:normal}th{background:#f3f3f3}
.Error{color:#a00}.Warning{color:#850}section{border-top:1px solid #ddd;margin-top:2em}
img,svg{max-width:100%}"""

#: What browsers let the page do: show itself
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def page(name, outcome, sections):
    """
    The page as HTML.

    Parameters
    ----------
    name : str
        What to call the workflow.
    outcome : .outcome.Outcome
    sections : dict of str to str
        The widgets' own reports, which are HTML, by title.

    Returns
    -------
    str
    """
    rows = "".join(
        f"<tr><th>{escape(widget)}</th><td>{_outputs(outcome, widget)}</td>"
        f"<td>{_said(outcome, widget)}</td></tr>" for widget in outcome.widgets)
    bodies = "".join(f"<section><h2>{escape(title)}</h2>{html}</section>"
                     for title, html in sections.items())
    result = f"{RESULTS[outcome.exit_code]}, {outcome.seconds:.1f} s"
    return (f'<!doctype html><html><head><meta charset="utf-8">'
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
            f"<title>{escape(name)}</title><style>{_STYLE}</style></head><body>"
            f"<h1>{escape(name)}</h1><p>{result}</p>{_said(outcome, '')}"
            f"<table><tr><th>Widget</th><th>Outputs</th><th>Messages</th></tr>{rows}</table>"
            f"{bodies}</body></html>\n")


def _outputs(outcome, widget):
    return "<br>".join(f"{escape(output)}: {escape(described(value))}"
                       for (label, output), value in outcome.outputs.items()
                       if label == widget and value is not None)


def _said(outcome, widget):
    return "<br>".join(f'<span class="{message.level}">{escape(message.level)}: '
                       f"{escape(message.text)}</span>"
                       for message in outcome.messages if message.widget == widget)
