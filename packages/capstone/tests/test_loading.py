"""groundup.loading: the application that a command line names."""

from pathlib import Path

import pytest

from groundup.config import Config
from groundup.errors import LoadError
from groundup.loading import load_application

SITE = """
from groundup import Application
app = Application()
other = Application()
number = 42
def make(): return Application()
def configured(config): return Application(debug=config.debug)
def wrong(): return "text"
"""


@pytest.fixture
def site(folder: Path) -> str:
    (folder / "loaded_site.py").write_text(SITE)
    (folder / "loaded_bare.py").write_text(SITE.replace("app = ", "site = "))
    return "loaded_site"


@pytest.mark.parametrize("target", ["", ":app", ":other", ":make", ":configured"])
def test_applications_and_functions_that_make_them_are_loaded(site: str, target: str) -> None:
    app = load_application(site + target, Config(debug=True))

    assert app.debug is (target == ":configured")


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("loaded_site:none", r"has no 'none': did you mean loaded_site:app\?"),
        ("loaded_bare", r"has no 'app': did you mean loaded_bare:site\?"),
        ("loaded_site:number", "must be an Application or a function that returns one, got 42"),
        ("loaded_site:wrong", "got 'text'"),
        ("json", r"module 'json' has no 'app'$"),
    ],
)
def test_what_is_no_application_is_told(site: str, target: str, message: str) -> None:
    with pytest.raises(LoadError, match=message):
        load_application(target, Config())


def test_parts_are_for_the_blog(site: str) -> None:
    with pytest.raises(LoadError, match="--with is for the example blog"):
        load_application(site, Config(), ["router=a:b"])


def test_the_settings_name_parts_and_the_command_wins(folder: Path) -> None:
    (folder / "loaded_parts.py").write_text(
        "from groundup_router import Router\nclass First(Router): ...\nclass Second(Router): ...\n"
    )
    config = Config(data=str(folder / "data"), parts=" router=loaded_parts:First ,")

    first = load_application(None, config)
    second = load_application(None, config, ["router=loaded_parts:Second"])

    for app, name in ((first, "First"), (second, "Second")):
        assert type(app.router).__name__ == name
        assert app.db is not None
        app.db.close()
