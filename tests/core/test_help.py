"""F1 in Orange Canvas finds a page for each widget, and the page's links lead somewhere."""
import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest

ROOT = Path(__file__).parents[2]
INSTALLED = ROOT / "orangecontrib" / "customs" / "help"

ASKS_ORANGE = """
from orangecontrib.customs.headless.environment import prepare_application, prepare_environment
prepare_environment(offscreen=True)
application = prepare_application()
from orangecanvas.help import HelpManager
from orangecontrib.customs.headless.runner import discover
manager = HelpManager()
manager.set_registry(discover())
for widget in manager.registry().widgets():
    if widget.qualified_name.startswith("orangecontrib.customs."):
        try:
            page = manager.search({"id": widget.qualified_name}).toLocalFile()
        except KeyError:  # as Canvas does when it says that there is no documentation
            page = ""
        print("page", widget.name, page, sep="|")
"""


def test_orange_finds_a_page_for_each_of_our_widgets(tmp_path):
    done = subprocess.run([sys.executable, "-c", ASKS_ORANGE], capture_output=True, timeout=600,
                          encoding="utf-8", env={**os.environ, "HOME": str(tmp_path)})
    assert done.returncode == 0, done.stderr
    found = dict(line.split("|")[1:] for line in done.stdout.splitlines()
                 if line.startswith("page|"))
    modules = list((ROOT / "orangecontrib" / "customs" / "widgets").glob("ow*.py"))
    assert len(found) == len(modules)
    assert [name for name, page in found.items() if not page] == [], \
        "no page in doc/index.md, or the package was not installed since it has one"
    for name, page in found.items():
        assert f">{name}</h1>" in Path(page).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """What setuptools puts into a wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "setup.py", "--quiet", "build_py", "--build-lib", folder],
                   cwd=ROOT, check=True, timeout=600)
    return folder / "orangecontrib" / "customs" / "help"


def names(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_a_wheel_has_the_pages_of_a_checkout(wheel):
    assert "widgets/hs-code-fusion.html" in {name.replace(os.sep, "/") for name in names(wheel)}
    assert names(wheel) == names(INSTALLED)


def test_links_and_pictures_of_the_pages_are_there(wheel):
    for page in wheel.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert "```" not in text and "{toctree}" not in text
        for link in re.findall(r'(?:href|src)="([^"]*)"', text):
            if re.match(r"\w+:", link):
                continue  # elsewhere
            place, _, section = unquote(link).partition("#")
            target = page.parent / place if place else page
            assert target.is_file(), f"{page.name}: {link}"
            if section:
                assert f'id="{section}"' in target.read_text(encoding="utf-8"), \
                    f"{page.name}: {link}"


def test_a_page_that_cannot_be_rendered_is_named(tmp_path):
    from runpy import run_path
    (tmp_path / "index.md").write_text("# All\n\n```{figure} a.png\n```\n")
    with pytest.raises(ValueError, match="index.md: the directive figure is not known"):
        run_path(str(ROOT / "tools" / "help_pages.py"))["make"](tmp_path / "help", tmp_path)


def test_a_page_leads_to_the_same_page_in_the_other_language(tmp_path):
    from runpy import run_path
    doc = tmp_path / "doc"
    for page in ("index.md", "only.md", "w/a.md", "ru/index.md", "ru/w/a.md"):
        (doc / page).parent.mkdir(parents=True, exist_ok=True)
        (doc / page).write_text(f"# {page}\n")
    run_path(str(ROOT / "tools" / "help_pages.py"))["make"](tmp_path / "help", doc)
    links = {page: re.findall(r'href="([^"]*)"', (tmp_path / "help" / page).read_text("utf-8"))
             for page in ("w/a.html", "ru/w/a.html", "only.html", "index.html")}
    assert links == {"w/a.html": ["../index.html", "../ru/w/a.html"],
                     "ru/w/a.html": ["../index.html", "../../w/a.html"],
                     "only.html": ["index.html"], "index.html": ["ru/index.html"]}


def test_every_widget_has_a_page_in_russian():
    pages = {path.name for path in (ROOT / "doc" / "widgets").glob("*.md")}
    assert pages == {path.name for path in (ROOT / "doc" / "ru" / "widgets").glob("*.md")}
