"""groundup_asyncserver.memory: what a large body has taken serves the next one."""

import platform
import subprocess
import sys

import pytest

BODIES = """
import resource
from groundup_asyncserver.memory import keep_memory

keep_memory()


def take():
    bodies = [[b"x" * 100_000 for _ in range(10)] for _ in range(3)]
    return [b"".join(body) for body in bodies]


def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt


for _ in range(5):
    take()
before = faults()
for _ in range(10):
    take()
print((faults() - before) // 10)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other allocators have other ways")
def test_bodies_after_the_first_take_no_new_pages() -> None:
    done = subprocess.run(
        [sys.executable, "-c", BODIES], capture_output=True, text=True, check=True, timeout=30
    )

    assert int(done.stdout) < 100  # of 1,500 pages of 4 KiB; without it, more than 1,000
