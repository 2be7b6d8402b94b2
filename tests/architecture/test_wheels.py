"""What is shipped: each wheel holds its own package and nothing else."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = sorted(path.parent for path in ROOT.glob("packages/*/pyproject.toml"))

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.name)
def test_wheel_holds_only_its_own_package(package: Path, tmp_path: Path) -> None:
    pytest.importorskip("hatchling")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]

    subprocess.run(command, cwd=package, check=True, capture_output=True)

    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    module = "groundup" if package.name == "capstone" else f"groundup_{package.name}"
    tops = {name.partition("/")[0] for name in names}
    assert len(tops) == 2
    assert {top for top in tops if not top.endswith(".dist-info")} == {module}
    assert f"{module}/py.typed" in names
    shipped = {name for name in names if name.startswith(f"{module}/")}
    on_disk = {
        path.relative_to(package / "src").as_posix()
        for path in (package / "src").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert shipped == on_disk
