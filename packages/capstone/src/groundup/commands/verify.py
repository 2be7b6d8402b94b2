"""``groundup verify``: does a part do what its slot asks for?  The contract's checks say."""

import sys
from collections.abc import Callable
from typing import Any

import click

from groundup.commands.options import with_option
from groundup.errors import LoadError
from groundup.importing import find_object
from groundup.parts import split_part

__all__ = ["verify"]

FAILED = 1
MAX_SHOWN = 300  # characters of an error


@click.command()
@with_option
@click.option("-v", "--verbose", is_flag=True, help="Show what each check asks for.")
def verify(replaced: tuple[str, ...], *, verbose: bool) -> None:
    """Check parts against the contracts of their slots; exit status 1 when one fails.

    \b
    groundup verify                                    the parts of the framework
    groundup verify --with router=my_router:Router     a part of your own
    """  # noqa: D301 - a mark of click: keep these lines
    makers = given_makers(replaced) if replaced else own_makers()
    failures = sum(show_report(slot, make, verbose=verbose) for slot, make in makers.items())
    if failures:
        click.echo(f"\n{failures} failed")
        sys.exit(FAILED)
    click.echo("\nall passed")


def given_makers(replaced: tuple[str, ...]) -> dict[str, Callable[[], Any]]:
    """Return what makes each part that was named, by slot.

    Raises:
        LoadError: There is no such slot or class, or it cannot be called.
    """
    makers: dict[str, Callable[[], Any]] = {}
    for text in replaced:
        slot, target = split_part(text)
        found = find_object(target)
        if not callable(found):
            msg = f"{target!r} must be a class or a function that makes a part, got {found!r:.60}"
            raise LoadError(msg)
        makers[slot] = found
    return makers


def own_makers() -> dict[str, Callable[[], Any]]:
    """Return what makes each part of the framework that has a contract."""
    from groundup_errors import ErrorHandlers  # noqa: PLC0415 - only this command needs them all
    from groundup_middleware import Pipeline  # noqa: PLC0415 - as above
    from groundup_router import Router  # noqa: PLC0415 - as above
    from groundup_sessions import SessionManager  # noqa: PLC0415 - as above

    return {
        "router": Router,
        "pipeline": Pipeline,
        "sessions": SessionManager,
        "errors": ErrorHandlers,
    }


def show_report(slot: str, make: Callable[[], Any], *, verbose: bool) -> int:
    """Print what each check of a slot says, and return how many fail."""
    from groundup_testing import contracts  # noqa: PLC0415 - a server does not need it

    contract = getattr(contracts, f"check_{slot}", None)
    click.secho(slot, bold=True)
    if contract is None:
        click.echo("  no checks for this slot")
        return 0
    failed = 0
    for check, error in contract.report(make):
        failed += error is not None
        click.echo(f"  {'ok    ' if error is None else 'FAILED'}  {check.name}")
        if verbose and check.description:
            click.echo(f"          {check.description.splitlines()[0]}")
        if error is not None:
            reason = " ".join(f"{type(error).__name__}: {error}".split())
            click.echo(f"          {reason[:MAX_SHOWN]}")
    return failed
