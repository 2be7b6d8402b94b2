"""The ``groundup`` command: one module for each subcommand.

Mistakes of the user end with one line on standard error and exit status 2 (1 where the machine
said no, such as a port in use); a stack trace means a mistake of ours.
"""

from groundup.commands.main import main

__all__ = ["main"]
