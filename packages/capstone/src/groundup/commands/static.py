"""``groundup static``: make the files of a site ready for browsers that keep them for a year."""

import sys
from pathlib import Path

import click

from groundup.errors import GroundupError
from groundup_staticfiles import Collected, StaticFilesError
from groundup_staticfiles import collect as collect_files

__all__ = ["static"]

REFUSED = 1
KIB = 1024


@click.group()
def static() -> None:
    """Prepare style sheets, scripts and pictures for a site in production.

    \b
    groundup static collect --dry-run    what would be written?
    groundup static collect              names that change with the content, compressed
    """  # noqa: D301 - a mark of click: keep these lines


@static.command()
@click.option(
    "--source",
    type=click.Path(path_type=Path),
    default=Path("static"),
    show_default=True,
    help="The folder with the files as you write them.",
)
@click.option(
    "--dest",
    type=click.Path(path_type=Path),
    default=Path("public"),
    show_default=True,
    help="The folder to serve.",
)
@click.option(
    "--prefix",
    default="/static/",
    show_default=True,
    help="The path under which it is served: references that begin with it are ours.",
)
@click.option("-n", "--dry-run", is_flag=True, help="Write nothing, and tell what would be.")
@click.option("-q", "--quiet", is_flag=True, help="Tell the sum and what is wrong, and no file.")
@click.option("--strict", is_flag=True, help="Exit with status 1 when a reference leads nowhere.")
def collect(
    source: Path, dest: Path, prefix: str, *, dry_run: bool, quiet: bool, strict: bool
) -> None:
    """Copy files under names that change with their content, with compressed ones beside them.

    \b
    static/app.css  ->  public/app.2cf24dba5fb0a30e26e8.css   kept by browsers for a year
                        public/app.css                        for who knows no hash
                        the same with .gz, .br, .zst          sent to who understands them
                        public/.manifest.json                 which name is which

    A browser never asks again for a file whose name has a hash, and a new version is there at
    once, because it has another name. Style sheets refer to the new names: url(), @import and
    image-set() are rewritten.

    br and zst need a module that compresses so: pip install brotli zstandard.

    What is there already is left alone. Old versions stay, because pages that are open ask for
    them: remove the folder before, if they shall go.

    \b
    groundup static collect --dry-run         what would be written?
    groundup static collect                   do it, before each release
    groundup static collect --strict -q       in a pipeline: fail on url(missing.png)

    Then serve the folder, and have pages link to the names of today:

    \b
    from groundup_staticfiles import Manifest
    app.static("/static", "public")
    manifest = Manifest.load("public")        manifest.url("app.css")

    Exit status: 0 when all is well, 1 when the disk refuses (or with --strict a reference leads
    nowhere), 2 when the command is wrong.
    """  # noqa: D301 - a mark of click: keep these lines
    if not (prefix.startswith("/") and prefix.endswith("/")):
        raise click.BadParameter(f"it must begin and end with a slash, got {prefix!r}")
    done: list[Collected] = []

    def tell(file: Collected) -> None:
        done.append(file)
        if file.changed and not quiet:
            click.echo(describe(file))

    try:
        manifest = collect_files(source, dest, prefix=prefix, dry_run=dry_run, on_file=tell)
    except StaticFilesError as error:
        raise GroundupError(str(error)) from error
    except OSError as error:
        click.echo(f"groundup: {error.filename or dest}: {error.strerror or error}", err=True)
        sys.exit(REFUSED)
    for line in manifest.missing:
        click.echo(f"groundup: a style sheet refers to what is not there: {line}", err=True)
    click.echo(summarize(done, dest, dry_run=dry_run))
    if strict and manifest.missing:
        sys.exit(REFUSED)


def describe(file: Collected) -> str:
    """Return what became of a file, in a line."""
    sizes = [format_size(file.size)]
    sizes += [f"{coding} {format_size(size)}" for coding, size in file.compressed.items()]
    return f"{file.name} -> {file.hashed.rpartition('/')[2]}  {', '.join(sizes)}"


def summarize(files: list[Collected], dest: Path, *, dry_run: bool) -> str:
    """Return what became of all files, in a line."""
    changed = sum(file.changed for file in files)
    size = sum(file.size for file in files)
    smallest = sum(min([file.size, *file.compressed.values()]) for file in files)
    verb = "would be written" if dry_run else "written"
    return (
        f"{len(files)} files in {dest}: {changed} {verb}, {len(files) - changed} unchanged;"
        f" {format_size(size)}, sent as {format_size(smallest)}"
    )


def format_size(size: int) -> str:
    """Return a number of bytes for a person.

    >>> format_size(512), format_size(10240)
    ('512 B', '10.0 KiB')
    """
    return f"{size} B" if size < KIB else f"{size / KIB:,.1f} KiB"
