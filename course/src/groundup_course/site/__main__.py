"""``python -m groundup_course.site [FOLDER]``, from the root of the repository."""

import sys
from pathlib import Path

from groundup_course.site.making import make

if __name__ == "__main__":
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "course/generated/site")
    print(f"{len(make(target, Path()))} files in {target}")
