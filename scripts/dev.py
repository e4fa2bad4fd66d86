"""Mọi việc của người phát triển, gọi qua Makefile; chỉ dùng thư viện chuẩn.

It checks what must be installed, keeps the virtual environment and the extension up to date, and
runs the checks. Stamps are digests of contents, so a tree that did not change is not built again,
whatever a checkout did to the times of its files.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator
from contextlib import chdir
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
PYTHON = BIN / "python"
REQUIREMENTS = ROOT / "requirements-dev.txt"
ENGINES_REQUIREMENTS = ROOT / "requirements-engines.txt"
PEERS_REQUIREMENTS = ROOT / "benches" / "peers" / "requirements.txt"
PACKAGE = ROOT / "python" / "tthc_kpi"
EXTENSION = PACKAGE / "_tthc_kpi.abi3.so"
ENGINES_TESTS = ["tests/python/test_spark.py", "tests/python/test_engines.py"]
SAMPLE = "examples/hoso-dong-nguyen-2026.xlsx"
REGISTERS = "examples/so-dong-nguyen-2026.xlsx"
REPORT = "build/report.html"
SITE = "build/site"
OLDEST_PYTHON = (3, 11)
PIP: list[str | Path] = [
    PYTHON,
    "-m",
    "pip",
    "--disable-pip-version-check",
    "--quiet",
    "--no-input",
]
# Profiles of Cargo.toml.
EVERYDAY, PUBLISHED = "dev-release", "wheel"
# What the extension is made of, beside the manifests at the root.
SOURCES = (".rs", ".toml", ".csv", ".json")

FUZZ = ROOT / "fuzz"
# What headers and values are called: the fuzzer starts from these words too.
HEADERS = "crates/tthc-kpi-arrow/data/headers.toml"
# libFuzzer's instrumentation, as cargo-fuzz asks for it, on the stable compiler.
FUZZ_FLAGS = [
    "--cfg fuzzing",
    "-Cpasses=sancov-module",
    *(
        f"-Cllvm-args=-sanitizer-coverage-{what}"
        for what in ("level=4", "inline-8bit-counters", "pc-table", "trace-compares")
    ),
]

PYTHON_SOURCES = [
    "python",
    "scripts",
    "tests/python",
    "benches/peers",
    "benches/spark",
    "docs/conf.py",
    "docs/_site",
]


def main() -> int:
    tasks: dict[str, Callable[[], None]] = {
        "setup": setup,
        "demo": demo,
        "test": test,
        "engines": engines,
        "lint": lint,
        "docs": docs,
        "notebooks": notebooks,
        "bench": bench,
        "fuzz": fuzz,
        "peers": peers,
        "check": check,
        "clean": clean,
    }
    name = sys.argv[1] if len(sys.argv) == 2 else ""
    if name not in tasks:
        print(f"usage: python3 scripts/dev.py {'|'.join(tasks)}", file=sys.stderr)
        return 2
    os.chdir(ROOT)
    try:
        tasks[name]()
    except subprocess.CalledProcessError as error:
        print(f"{name}: failed: {' '.join(map(str, error.cmd))}", file=sys.stderr)
        return error.returncode if error.returncode > 0 else 1
    except KeyboardInterrupt:
        return 130
    return 0


def setup() -> None:
    """The virtual environment and the extension, both up to date."""
    preflight()
    make_venv()
    build_extension()


def demo() -> None:
    setup()
    report: list[str | Path] = [BIN / "tthc-kpi", "report", SAMPLE, "--plan", "dong-nguyen-2026"]
    report += ["--period", "2026", "--as-of", "2026-12-31", "--registers", REGISTERS]
    (ROOT / REPORT).parent.mkdir(exist_ok=True)
    say("the whole ward")
    run(*report, quiet=True)
    say("by agency")
    run(*report, "--by", "agency", "--html", REPORT, quiet=True)
    say(f"the same as a page: {ROOT / REPORT}")


def test() -> None:
    setup()
    run("cargo", "test", "--workspace")
    run(PYTHON, "-m", "pytest")


def engines() -> None:
    """What runs on Spark and Dask, on real ones; `test` skips it where they are not installed."""
    setup()
    install_engines()
    run(PYTHON, "-m", "pytest", *ENGINES_TESTS)


def lint() -> None:
    setup()
    run("cargo", "fmt", "--all", "--check")
    run("cargo", "clippy", "--workspace", "--all-targets", "--", "-D", "warnings")
    core()
    run(PYTHON, "-m", "ruff", "check", *PYTHON_SOURCES)
    run(PYTHON, "-m", "ruff", "format", "--check", *PYTHON_SOURCES)
    typed = ["-p", "tthc_kpi", "-m", "dev", "-m", "run_notebooks"]
    typed += ["-m", "site_links", "-m", "site_pages", "-m", "site_run"]
    run(PYTHON, "-m", "mypy", *typed, MYPYPATH="python:scripts:docs/_site")
    run(PYTHON, "-m", "mypy.stubtest", "--mypy-config-file=pyproject.toml", "tthc_kpi._tthc_kpi")


def core() -> None:
    """The core alone: for WebAssembly, and with as many crates as DESIGN.md says."""
    target = "wasm32-unknown-unknown"
    if Path(output("rustc", "--print", "target-libdir", "--target", target).strip()).is_dir():
        run("cargo", "check", "-p", "tthc-kpi", "--target", target)
    else:
        say(f"skipped: tthc-kpi for {target} (rustup target add {target})")
    tree = output("cargo", "tree", "-p", "tthc-kpi", "-e", "normal", "--prefix", "none")
    found = len({line.removesuffix(" (*)") for line in tree.splitlines()}) - 1
    if f"`tthc-kpi` needs {found} crates" not in read(ROOT / "DESIGN.md"):
        raise SystemExit(f"tthc-kpi needs {found} crates: DESIGN.md says otherwise")


def docs() -> None:
    """The site in build/site: the pages of docs, the Python reference, rustdoc beside them."""
    setup()
    run("cargo", "doc", "--workspace", "--no-deps", RUSTDOCFLAGS="-D warnings")
    strict = ["-q", "-W", "--keep-going", "-n", "-E"]
    run(PYTHON, "-m", "sphinx", *strict, "-b", "html", "-d", "build/doctrees", "docs", SITE)
    target = Path(os.environ.get("CARGO_TARGET_DIR") or ROOT / "target")
    shutil.copytree(target / "doc", ROOT / SITE / "reference" / "rust", dirs_exist_ok=True)
    say(f"the site: {ROOT / SITE / 'index.html'}")


def notebooks() -> None:
    """The notebooks with their outputs, in build/notebooks, to be looked at."""
    setup()
    run(PYTHON, "scripts/run_notebooks.py")


def bench() -> None:
    preflight()
    run("cargo", "bench")


def peers() -> None:
    """The same work in tthc-kpi and in its peers, which must answer alike."""
    preflight()
    make_venv()
    build_extension(PUBLISHED)
    install_more(PEERS_REQUIREMENTS, "peers")
    run(PYTHON, "benches/peers/run.py")


def check() -> None:
    """All that must hold before a change goes in; each benchmark runs once, for its answer."""
    lint()
    install_engines()
    test()
    docs()
    run("cargo", "bench", "--", "--test")


def fuzz() -> None:
    """Each parser against what a fuzzer thinks of, for FUZZ_SECONDS (default 60) each."""
    preflight()
    host = output("rustc", "-vV")
    host = next(line for line in host.splitlines() if line.startswith("host: ")).split()[1]
    with chdir(FUZZ):
        # With a target named, the flags are not those of build scripts.
        run("cargo", "build", "--release", "--target", host, RUSTFLAGS=" ".join(FUZZ_FLAGS))
        for target in sorted(path.stem for path in Path("fuzz_targets").glob("*.rs")):
            corpus, artifacts = Path("corpus", target), Path("artifacts", target)
            corpus.mkdir(parents=True, exist_ok=True)
            artifacts.mkdir(parents=True, exist_ok=True)
            options = [f"-max_total_time={os.environ.get('FUZZ_SECONDS', '60')}"]
            options += [
                "-seed=1",
                "-timeout=30",
                "-rss_limit_mb=2048",
                "-verbosity=0",
                "-print_funcs=0",
            ]
            options += ["-print_final_stats=1", f"-artifact_prefix={artifacts}/"]
            words = Path("words", f"{target}.dict")
            if target == "headers":
                words = Path("target", "headers.dict")
                words.write_text(fuzz_words(ROOT / HEADERS), encoding="ascii")
            if words.exists():
                options.append(f"-dict={words}")
            say(f"fuzzing {target}")
            program = Path("target", host, "release", target)
            run(program.absolute(), *options, corpus, Path("seeds", target))


def fuzz_words(table: Path) -> str:
    """The words of a table of headers as a dictionary for the fuzzer, one a line."""
    words: set[str] = set()
    parts: list[object] = [tomllib.loads(table.read_text(encoding="utf-8"))]
    while parts:
        part = parts.pop()
        if isinstance(part, dict):
            parts += [*part, *part.values()]
        elif isinstance(part, list):
            parts += part
        elif isinstance(part, str):
            words.update(part.split())
    escaped = (
        "".join(
            chr(byte) if 32 <= byte < 127 and byte not in b'"\\' else f"\\x{byte:02x}"
            for byte in word.encode()
        )
        for word in sorted(words)
    )
    return "".join(f'"{word}"\n' for word in escaped)


def clean() -> None:
    for path in (VENV, ROOT / "build", ROOT / "target"):
        shutil.rmtree(path, ignore_errors=True)
    EXTENSION.unlink(missing_ok=True)


def preflight() -> None:
    """Stop, naming each thing that is missing in one line with the command that installs it."""
    cargo_home = Path(os.environ.get("CARGO_HOME") or Path.home() / ".cargo") / "bin"
    if shutil.which("cargo") is None and (cargo_home / "cargo").exists():
        # rustup changes the profile, which a shell that is already open has not read.
        os.environ["PATH"] = f"{cargo_home}{os.pathsep}{os.environ['PATH']}"
    missing = list(missing_prerequisites())
    if missing:
        raise SystemExit("\n".join(missing))


def missing_prerequisites() -> Iterator[str]:
    apt = "apt-get install -y --no-install-recommends"
    if os.geteuid() != 0:
        apt = f"sudo {apt}"
    if sys.version_info < OLDEST_PYTHON:
        found = ".".join(map(str, sys.version_info[:2]))
        yield f"missing: Python 3.11 or newer (this is {found}): {apt} python3"
    if shutil.which("git") is None:
        yield f"missing: git: {apt} git"
    if shutil.which("cc") is None:
        yield f"missing: a C compiler (cc): {apt} build-essential"
    try:
        import ensurepip
        import venv
    except ImportError:
        yield f"missing: the venv module of Python: {apt} python3-venv"
    else:
        del ensurepip, venv
    if shutil.which("cargo") is None:
        rustup = "curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y"
        yield f"missing: cargo (Rust): {rustup}"


def make_venv() -> None:
    stamp = VENV / ".requirements"
    wanted = digest([REQUIREMENTS])
    if PYTHON.exists() and read(stamp) == wanted:
        return
    say("installing the tools into .venv")
    run(sys.executable, "-m", "venv", VENV)
    run(*PIP, "install", "--requirement", REQUIREMENTS)
    stamp.write_text(wanted)


def install_engines() -> None:
    install_more(ENGINES_REQUIREMENTS, "engines")


def install_more(requirements: Path, name: str) -> None:
    """What only some tasks need, into the same environment."""
    stamp = VENV / f".requirements-{name}"
    wanted = digest([requirements])
    if read(stamp) != wanted:
        run(*PIP, "install", "--requirement", requirements)
        stamp.write_text(wanted)


def build_extension(profile: str = EVERYDAY) -> None:
    stamp = VENV / ".extension"
    sources, _, built = read(stamp).partition(" ")
    # What is built for benchmarks serves every day too.
    enough = (profile, PUBLISHED)
    fresh = sources == digest(extension_sources()) and built in enough
    if fresh and EXTENSION.exists() and (BIN / "tthc-kpi").exists():
        return
    say("building the extension (the first time takes some minutes)")
    # Taken before: what is edited while it builds is not what was built.
    sources = digest(extension_sources())
    run(BIN / "maturin", "develop", "--profile", profile, VIRTUAL_ENV=str(VENV))
    stamp.write_text(f"{sources} {profile}")


def extension_sources() -> list[Path]:
    manifests = [ROOT / "Cargo.toml", ROOT / "Cargo.lock", ROOT / "pyproject.toml"]
    crates = (path for path in (ROOT / "crates").rglob("*") if path.suffix in SOURCES)
    return sorted(path for path in (*manifests, *crates) if path.is_file())


def digest(paths: Iterable[Path]) -> str:
    state = hashlib.sha256(str(sys.version_info[:2]).encode())
    for path in paths:
        state.update(str(path.relative_to(ROOT)).encode())
        state.update(hashlib.sha256(path.read_bytes()).digest())
    return state.hexdigest()


def read(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def say(text: str) -> None:
    print(f"\n== {text}", flush=True)


def output(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def run(*command: str | Path, quiet: bool = False, **environment: str) -> None:
    if not quiet:
        words = (str(word) for word in command)
        print(f"$ {' '.join(word.removeprefix(f'{ROOT}/') for word in words)}", flush=True)
    subprocess.run(command, check=True, env=os.environ | environment)


if __name__ == "__main__":
    raise SystemExit(main())
