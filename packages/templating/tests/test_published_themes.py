"""The two themes that MkDocs comes with: sites that Jinja2 and this engine make of them.

MkDocs itself escapes nothing.  Here Jinja2 escapes, and what is HTML already says so: the content
of a page and the copyright.
"""

import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from groundup_templating import (
    ChainableUndefined,
    ChainLoader,
    DictLoader,
    DirectoryLoader,
    Environment,
    Markup,
)

pytest.importorskip("mkdocs")

SETTINGS = """
site_name: Notes & Queries
site_url: https://site.example/
repo_url: https://github.com/site/example
copyright: 'Me & <b>you</b>'
theme: {name: THEME}
extra_css: [a.css]
extra_javascript: [b.js]
"""
PAGES = {
    "index.md": "# Home\n\nText with `code` & a [link](sub/page.md).\n\n## Part\n\n### Deeper\n",
    "sub/page.md": "# A page\n\nMore.\n\n## Other part\n",
    "last.md": "# Last\n",
}
# Of all templates of both themes these two lines had to be changed.  A value behind another one in
# a URL is a part of a path to us, so its # would be encoded; and in a script a text is a text.
EDITS = {
    "base.html": (
        "enable({{ 'true' if config.theme.sticky_navigation else 'false' }})",
        "enable({{ true if config.theme.sticky_navigation else false }})",
    ),
    "toc.html": (
        "{% if not nav_item == page %}{{ nav_item.url|url }}{% endif %}{{ toc_item.url }}",
        "{{ (nav_item.url|url if not nav_item == page else '') ~ toc_item.url }}",
    ),
}


def load(name: str) -> Any:
    """Return a module whose types no checker knows."""
    return importlib.import_module(f"mkdocs.{name}")


class Site:
    """A small site, with what MkDocs gives to the templates of a theme."""

    def __init__(self, folder: Path, theme: str) -> None:
        for name, text in PAGES.items():
            path = folder / "docs" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        settings = folder / "mkdocs.yml"
        settings.write_text(SETTINGS.replace("THEME", theme), encoding="utf-8")
        self.config = load("config").load_config(str(settings))
        self.files = load("structure.files").get_files(self.config)
        self.config.copyright = Markup(self.config.copyright)
        self.theirs = self.config.theme.get_env()
        self.theirs.autoescape = True
        self.files.add_files_from_theme(self.theirs, self.config)
        self.nav = load("structure.nav").get_navigation(self.files, self.config)

    def contexts(self) -> Iterator[tuple[str, Any]]:
        """Yield the names of templates, with a context for each."""
        make = load("commands.build").get_context
        for file in self.files.documentation_pages():
            file.page.read_source(self.config)
            file.page.render(self.config, self.files)
            file.page.content = Markup(file.page.content)
            file.page.active = True
            yield "main.html", make(self.nav, self.files, self.config, file.page)
            file.page.active = False
        for name in ("404.html", "sitemap.xml"):
            yield name, make(self.nav, self.files, self.config, None)

    def ours(self, context: Any) -> Environment:
        """Return our environment with the filters of MkDocs, which ask for the context."""
        filters = load("utils.templates")

        def url(value: str) -> str:
            return str(filters.url_filter(context, value))

        def script_tag(value: Any) -> Markup:
            return Markup(filters.script_tag_filter(context, value))

        folders = DirectoryLoader([path for path in self.config.theme.dirs if Path(path).is_dir()])
        edited = {
            name: folders.load(name).text.replace(*edit)
            for name, edit in EDITS.items()
            if name in folders.names()
        }
        return Environment(
            ChainLoader([DictLoader(edited), folders]),
            undefined=ChainableUndefined,
            trusted=True,
            filters={"url": url, "script_tag": script_tag},
        )


def normalize(page: str) -> str:
    """Return a page without the white space that is between tags."""
    page = page.replace("&#45;", "-")  # in comments, where a dash could end them
    return re.sub(r"\s+", " ", page).replace("> <", "><").strip()


@pytest.mark.parametrize("theme", ["mkdocs", "readthedocs"])
def test_a_published_theme_gives_the_same_site(tmp_path: Path, theme: str) -> None:
    site = Site(tmp_path, theme)
    names: list[str] = []

    for name, context in site.contexts():
        expected = normalize(site.theirs.get_template(name).render(context))
        assert normalize(site.ours(context).render(name, context)) == expected
        names.append(name)

    assert names == ["main.html", "main.html", "main.html", "404.html", "sitemap.xml"]


@pytest.mark.parametrize("theme", ["mkdocs", "readthedocs"])
def test_every_template_of_a_theme_can_be_compiled_in_the_sandbox(
    tmp_path: Path, theme: str
) -> None:
    paths = Site(tmp_path, theme).config.theme.dirs
    loader = DirectoryLoader([path for path in paths if Path(path).is_dir()])
    environment = Environment(loader, filters={"url": str, "script_tag": str})
    names = [name for name in loader.names() if name.endswith((".html", ".xml"))]

    for name in names:
        environment.get_template(name)

    assert len(names) > 5
