"""``python -m groundup``: the same as the command ``groundup``."""

from groundup.commands import main

if __name__ == "__main__":
    main()
