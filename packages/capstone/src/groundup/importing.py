"""Find the object that a command line names: ``module:attribute``.

The current folder is importable, as it is for ``python -m``.  Whoever imports much may do it while
nobody collects garbage.
"""

import gc
import importlib
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from groundup.errors import LoadError

__all__ = ["find_module", "find_object", "uncollected"]


@contextmanager
def uncollected() -> Generator[None]:
    """Import without looking for garbage, and never look for it in what was imported.

    Modules stay until the end.  To look through them while they grow is a tenth of the time to
    start, and afterwards a part of every collection; workers share the memory nobody looks at.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def find_module(name: str, target: str) -> Any:
    """Import a module from the current folder or the environment.

    Args:
        name: The module.
        target: What the person wrote, for the error.

    Raises:
        LoadError: There is none of this name.
    """
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{name}.".startswith(f"{error.name}."):
            raise  # the module is there; something that it imports is not
        msg = f"no module {name!r} for {target!r} in {here} or among the installed ones"
        raise LoadError(msg) from error
    except (TypeError, ValueError) as error:
        msg = f"an object is named as module:attribute, got {target!r}"
        raise LoadError(msg) from error


def find_object(target: str) -> Any:
    """Return the object that ``module:attribute`` names.

    Raises:
        LoadError: The module or the attribute is not there.
    """
    name, _, attribute = target.partition(":")
    module = find_module(name, target)
    if not attribute or not hasattr(module, attribute):
        msg = f"module {name!r} has no {attribute!r}: name an object as module:attribute"
        raise LoadError(msg)
    return getattr(module, attribute)
