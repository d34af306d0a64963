"""
Make the pages that F1 opens
============================

::

    python tools/help_pages.py orangecontrib/customs/help

Renders ``doc/**/*.md`` into a folder, pictures beside them. ``setup.py`` calls it whenever the
package is built or installed, so it needs nothing but markdown-it-py, which ``pyproject.toml``
asks for. (``make docs`` makes the same pages with Sphinx, with a search and a sidebar.)
"""
import html
import re
import shutil
import sys
from os.path import relpath
from pathlib import Path

from markdown_it import MarkdownIt
from mdit_py_plugins.anchors import anchors_plugin

__all__ = ["make"]

DOC = Path(__file__).resolve().parents[1] / "doc"

_PAGE = """<!DOCTYPE html>
<html><head><meta charset="utf-8"/><title>{title}</title><style>
body {{ max-width: 52em; margin: 1em auto; padding: 0 1em; font: 15px/1.5 sans-serif;
       color: #222; background: #fff }}
img {{ max-width: 100% }}
table {{ border-collapse: collapse }}
th, td {{ border: 1px solid #ccc; padding: .2em .6em; text-align: left; vertical-align: top }}
pre {{ background: #f4f4f4; padding: .6em; overflow-x: auto }}
</style></head><body>
{up}{body}</body></html>
"""


def make(folder, doc=DOC):
    """
    Render all pages.

    Parameters
    ----------
    folder : path
        Is replaced.
    doc : path
        Where the Markdown is.

    Raises
    ------
    ValueError
        A page has a directive of Sphinx that is not known here; the message names both.
    """
    folder, doc = Path(folder), Path(doc)
    shutil.rmtree(folder, ignore_errors=True)
    for source in sorted(doc.rglob("*")):
        target = folder / source.relative_to(doc)
        if "_build" in source.parts or source.suffix not in (".md", ".png", ".svg", ".jpg"):
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.suffix == ".md":
            target.with_suffix(".html").write_text(_page(source, doc), encoding="utf-8")
        else:
            shutil.copyfile(source, target)


def _page(source, doc):
    markdown = MarkdownIt("commonmark").enable("table").use(anchors_plugin, max_level=3)
    tokens = list(_expanded(markdown, source))
    for token in tokens:
        for child in token.children or ():
            if child.type == "link_open":
                child.attrs["href"] = re.sub(r"^(?!\w+:)([^#]*)\.md(#|$)", r"\1.html\2",
                                             child.attrs["href"])
    return _PAGE.format(title=html.escape(_title(source)), up=_up(source, doc),
                        body=markdown.renderer.render(tokens, markdown.options, {}))


def _up(source, doc):
    """Links to all pages, and to the same page in the other language where there is one."""
    russian = doc / "ru"
    inside = russian in source.parents
    home = (russian if inside else doc) / "index.md"
    other = doc / source.relative_to(russian) if inside else russian / source.relative_to(doc)
    links = [(home, "Все страницы" if inside else "All pages")] * (source != home)
    links += [(other, "In English" if inside else "По-русски")] * other.is_file()
    said = " · ".join(f'<a href="{relpath(page.with_suffix(".html"), source.parent)}">{words}</a>'
                      for page, words in links)
    return f"<p>{said}</p>\n" if said else ""


def _expanded(markdown, source):
    """Tokens of a page, with its directives carried out."""
    for token in markdown.parse(source.read_text(encoding="utf-8")):
        directive = re.match(r"\{(\w+)\} *(.*)", token.info) if token.type == "fence" else None
        if directive is None:
            yield token
        elif directive[1] == "toctree":
            yield from markdown.parse(_contents(token.content, source))
        elif directive[1] == "include":
            offset = int(dict(_options(token.content)).get("heading-offset", 0))
            for part in _expanded(markdown, source.parent / directive[2]):
                if part.type in ("heading_open", "heading_close"):
                    part.tag = f"h{int(part.tag[1]) + offset}"
                yield part
        else:
            raise ValueError(f"{source}: the directive {directive[1]} is not known")


def _options(content):
    return re.findall(r"^:([\w-]+): *(.*)$", content, re.MULTILINE)


def _contents(content, source):
    """A toctree as Markdown: a list of links, under its caption."""
    lines = [f"## {value}\n" for name, value in _options(content) if name == "caption"]
    for entry in content.splitlines():
        if entry and not entry.startswith(":"):
            named = re.fullmatch(r"(.*?) *<(.*)>", entry)
            title, page = named.groups() if named else ("", entry)
            title = title or _title(source.parent / f"{page}.md")
            lines.append(f"- [{title}]({page}.md)")
    return "\n".join(lines)


def _title(source):
    return re.search(r"^# (.*)$", source.read_text(encoding="utf-8"), re.MULTILINE)[1]


if __name__ == "__main__":
    make(*sys.argv[1:])
