"""Developer commands.  ``nox -l`` lists them; plain ``nox`` runs what must pass before a push."""

import re
import shutil
import sys
import tarfile
import tempfile
import tomllib
from pathlib import Path

import nox

nox.needs_version = ">=2025.5.1"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.reuse_venv = "yes"
nox.options.sessions = ["lint", "types", "tests", "isolated", "docs"]

ROOT = Path(__file__).parent
PROJECT = nox.project.load_toml(ROOT / "pyproject.toml")
VERSION = (ROOT / "VERSION").read_text(encoding="utf-8").strip()
PACKAGES = sorted(path.parent.name for path in ROOT.glob("packages/*/pyproject.toml"))
EXTRAS = {
    "asyncserver": "[speed]",
    "auth": "[qr,redis]",
    "capstone": "[postgresql,redis,reload,speed]",
    "compose": "[redis]",
    "messages": "[fast]",
    "orm": "[postgresql]",
    "sessions": "[redis]",
    "testing": "[html]",
    "websockets": "[redis]",
}


def install_packages(session: nox.Session, *groups: str, extras: bool = True) -> None:
    """Install packages and course as editable, and the groups of development dependencies."""
    session.install("hatchling", "editables")
    editable = [
        part
        for name in PACKAGES
        for part in ("-e", f"./packages/{name}{EXTRAS.get(name, '') if extras else ''}")
    ]
    editable += ["-e", "./course"]
    # One environment to build in instead of nineteen: ten times as fast.
    session.install("--no-build-isolation", *editable)
    for group in groups:
        session.install(*nox.project.dependency_groups(PROJECT, group))


@nox.session
def blog(session: nox.Session) -> None:
    """Serve the example blog on port 8000; more options after `--`, such as `--demo`."""
    install_packages(session, extras=False)
    session.run("groundup", "start", *(session.posargs or ["--port", "8000"]))


@nox.session
def tests(session: nox.Session) -> None:
    """Run every test but the course's, PostgreSQL and Redis included; options after `--`."""
    install_packages(session, "test")
    # The course has a session of its own: it needs the contenders of its comparisons.
    usual = ["-n", "auto", "--dist", "loadgroup", "-q", "--ignore=tests/course"]
    session.run("pytest", *(session.posargs or usual))


@nox.session
def coverage(session: nox.Session) -> None:
    """Run every test and report the branches that none of them takes."""
    install_packages(session, "test")
    session.run("pytest", "-n", "auto", "-q", "--cov", "--cov-report=term", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check format, lint rules, the import table and the size of modules: seconds."""
    session.install(*nox.project.dependency_groups(PROJECT, "lint"))
    session.install("pytest", "pytest-asyncio")
    session.run("ruff", "format", "--check", ".")
    session.run("ruff", "check", ".")
    session.run("pytest", "--noconftest", "-q", "tests/architecture", "-m", "not slow")


@nox.session
def types(session: nox.Session) -> None:
    """Run mypy and pyright, both strict, over the packages and their tests."""
    install_packages(session, "test", "types", "browser", "bench")
    session.install("nox")
    session.run("mypy", "packages", "course/src", "tests", "noxfile.py", "conftest.py")
    session.run("pyright", "--pythonpath", f"{session.virtualenv.bin}/python")


def build_wheels(session: nox.Session) -> Path:
    """Build the eighteen wheels into a folder of their own and return it."""
    wheels = Path(session.cache_dir).resolve() / "wheels"
    shutil.rmtree(wheels, ignore_errors=True)
    session.install("hatchling")
    for name in PACKAGES:
        with session.chdir(ROOT / "packages" / name):
            session.run("hatchling", "build", "-t", "wheel", "-d", str(wheels), silent=True)
    return wheels


@nox.session
def wheels(session: nox.Session) -> None:
    """Build all wheels for a release into `dist/`; the course's has the site of `docs` in it."""
    if not (ROOT / "site" / "index.html").is_file():
        session.error("the pages must be built first: nox -s docs wheels")
    pages = ROOT / "course/src/groundup_course/pages"
    shutil.rmtree(pages, ignore_errors=True)
    shutil.copytree(ROOT / "site", pages)
    target = ROOT / "dist"
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(build_wheels(session), target)
    with session.chdir(ROOT / "course"):
        session.run("hatchling", "build", "-t", "wheel", "-d", str(target), silent=True)
    shutil.rmtree(pages)


@nox.session
@nox.parametrize("package", PACKAGES, ids=PACKAGES)
def isolated(session: nox.Session, package: str) -> None:
    """Install one package's wheel where nothing else is, and run its own tests there."""
    wheels = Path(session.cache_dir).resolve() / "wheels"
    if package == PACKAGES[0] or not wheels.exists():
        wheels = build_wheels(session)
    name = "groundup" if package == "capstone" else f"groundup-{package}"
    # Every run builds the same version anew, so an installer's cache would serve the old code.
    uv = session.venv_backend == "uv"
    fresh = ["--refresh", "--reinstall"] if uv else ["--no-cache-dir", "--force-reinstall"]
    requirement = f"{name}{EXTRAS.get(package, '')}=={VERSION}"
    session.install(*fresh, "--find-links", str(wheels), requirement)
    session.install(*nox.project.dependency_groups(PROJECT, "test"))
    options = session.posargs or ["-n", "auto", "--dist", "loadgroup", "-q"]
    session.run("pytest", *options, f"packages/{package}/tests")


@nox.session
def docs(session: nox.Session) -> None:
    """Build the site strictly into `site/`; `-- serve` shows it while you write."""
    install_packages(session, "docs", extras=False)
    session.run("python", "-m", "groundup_course.generate", silent=True)
    session.run("python", "-m", "groundup_course.site")
    # Without npm or its registry the site has no playgrounds; everything else on it works.
    session.run("python", "course/playground/vendor.py", success_codes=[0, 1])
    quiet = {"NO_MKDOCS_2_WARNING": "1", "DISABLE_MKDOCS_2_WARNING": "true"}
    # Not --quiet: that hides warnings from --strict as well.
    session.run("mkdocs", *(session.posargs or ["build", "--strict"]), env=quiet)


@nox.session
def course(session: nox.Session) -> None:
    """Hold the course against its rules; `-- lint|generate|shots|compare [CHAPTER]` for authors."""
    install_packages(session, "test", "course")
    if session.posargs:
        session.run("python", "-m", "groundup_course.author", *session.posargs)
        return
    session.run("python", "-m", "groundup_course.author", "generate")
    # Outside of the repository, and of all that Python could find there.
    with tempfile.TemporaryDirectory(prefix="groundup-") as folder:
        clean = {"GROUNDUP_CLEAN_PYTHON": install_course(session, Path(folder).resolve())}
        session.run("pytest", "-n", "auto", "--dist", "loadgroup", "-q", "tests/course", env=clean)


def install_course(session: nox.Session, folder: Path) -> str:
    """Install the wheel of the course, built from its sdist, into a folder; return its Python."""
    wheels = build_wheels(session)
    built = [*("hatchling", "build", "-d", str(wheels)), "-t"]
    with session.chdir(ROOT / "course"):
        session.run(*built, "sdist", silent=True)
    name = f"groundup_course-{VERSION}"
    with tarfile.open(wheels / f"{name}.tar.gz") as sdist:
        sdist.extractall(wheels, filter="data")
    with session.chdir(wheels / name):
        session.run(*built, "wheel", silent=True)
    session.run("python", "-m", "venv", str(folder))
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    install = ["-m", "pip", "install", "--quiet", "--no-cache-dir", "--find-links", str(wheels)]
    session.run(str(python), *install, f"groundup-course=={VERSION}", external=True)
    return str(python)


@nox.session
def browser(session: nox.Session) -> None:
    """Click through the blog in headless Chromium (the system's, found on the PATH)."""
    install_packages(session, "test", "browser", "docs")
    session.run("pytest", "-q", "tests/browser", *session.posargs)


@nox.session
def redbot(session: nox.Session) -> None:
    """Have REDbot judge the static files of a whole site."""
    install_packages(session, "test", "redbot", extras=False)
    session.run("pytest", "-q", "packages/staticfiles/tests/test_redbot.py", *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """Measure CPU time per request; `-- --help` explains, `-- --quick` shows that it works."""
    # Peers are large and many: they are installed only for whoever asks to compare.
    peers = any(option.startswith("--peers") for option in session.posargs)
    install_packages(session, "bench", *(["peers"] if peers else []))
    session.run("python", "-m", "tests.benchmarks", *session.posargs)


@nox.session(venv_backend="none")
def version(session: nox.Session) -> None:
    """Write the version in `VERSION`, or the one after `--`, into all packages and the course."""
    new = session.posargs[0] if session.posargs else VERSION
    (ROOT / "VERSION").write_text(f"{new}\n", encoding="utf-8")
    for path in (*ROOT.glob("packages/*/pyproject.toml"), ROOT / "course/pyproject.toml"):
        text = path.read_text(encoding="utf-8")
        text = re.sub(r'(?m)^version = ".*"$', f'version = "{new}"', text)
        text = re.sub(r'("groundup[\w\[\],-]*)==[^";]+', rf"\1=={new}", text)
        path.write_text(text, encoding="utf-8")


@nox.session(venv_backend="none")
def new_package(session: nox.Session) -> None:
    """Lay out `packages/NAME` with what every package has: `-- NAME "What it does"`."""
    try:
        name, purpose = session.posargs
    except ValueError:
        session.error('say the name and the purpose: nox -s new_package -- cache "Keeps answers"')
    folder = ROOT / "packages" / name
    if folder.exists() or not re.fullmatch(r"[a-z]+", name):
        session.error(f"a package is a new word of small letters, got {name!r}")
    module = f"groundup_{name}"
    (folder / "src" / module).mkdir(parents=True)
    (folder / "tests").mkdir()
    model = (ROOT / "packages/router/pyproject.toml").read_text(encoding="utf-8")
    old = tomllib.loads(model)["project"]["description"]
    model = model.replace("groundup-router", f"groundup-{name}").replace("groundup_router", module)
    (folder / "pyproject.toml").write_text(model.replace(old, purpose), encoding="utf-8")
    shutil.copy(ROOT / "LICENSE", folder / "LICENSE")
    (folder / "README.md").write_text(f"# groundup-{name}\n\n{purpose}.\n", encoding="utf-8")
    (folder / "src" / module / "py.typed").touch()
    (folder / "src" / module / "__init__.py").write_text(f'"""{purpose}."""\n', encoding="utf-8")
    session.log("next: a row in tests/architecture/test_arrows.py and in [tool.uv.sources]")
