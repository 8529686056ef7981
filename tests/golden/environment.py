# SPDX-FileCopyrightText: 2026 the dmdr authors
# SPDX-License-Identifier: Apache-2.0
"""The Python environment of scripts/golden and scripts/digits-data: `.venv-golden` in the project, ignored by git.

Only the standard library is used here. A second call finds the environment complete and installs nothing.
"""
import hashlib
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".venv-golden"
HERE = pathlib.Path(__file__).resolve().parent

TORCH = "torch==2.11.0"
# The CPU part of the torch wheel needs these two; the other five are needed to import it from Python. The remaining CUDA
# libraries may come from an installed CUDA toolkit; where there is none, torch is installed with all its dependencies.
TORCH_SMALL = ["nvidia-cuda-runtime==13.0.96", "nvidia-cuda-cupti==13.0.85", "nvidia-cusparselt-cu13==0.8.0",
               "nvidia-nvshmem-cu13==3.4.5", "nvidia-cufile==1.15.1.6"]


def python():
    """The interpreter of the environment."""
    return FOLDER / "bin" / "python"


def _pip(*arguments):
    subprocess.run([str(python()), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *arguments], check=True)


def _stamped(name, key, install):
    """Runs `install` unless the stamp file `name` says that it has already succeeded for the same `key`."""
    digest = hashlib.sha256(key.encode()).hexdigest()
    stamp = FOLDER / f"{name}.stamp"
    if stamp.exists() and stamp.read_text() == digest:
        return
    install()
    stamp.write_text(digest)


def _create():
    if python().exists():
        return
    print(f"creating the Python environment {FOLDER.name}", flush=True)
    try:
        subprocess.run([sys.executable, "-m", "venv", str(FOLDER)], check=True)
    except subprocess.CalledProcessError:
        sys.exit("error: this Python cannot make virtual environments; on Debian and Ubuntu install python3-venv, then "
                 f"remove {FOLDER} and run the script again")
    (FOLDER / ".gitignore").write_text("*\n")


def _torch_imports():
    return subprocess.run([str(python()), "-c", "import torch"], capture_output=True).returncode == 0


def _install_torch():
    print(f"installing {TORCH}", flush=True)
    _pip("--no-deps", TORCH, *TORCH_SMALL)
    if not _torch_imports():
        print(f"no CUDA toolkit found: installing {TORCH} with all its dependencies", flush=True)
        _pip(TORCH)


def prepare(torch):
    """Makes the environment with the data packages and, where `torch` is true, with torch and diffusers."""
    _create()
    data = HERE / "requirements-data.txt"

    def install_data():
        print(f"installing {data.relative_to(ROOT)}", flush=True)
        _pip("-r", str(data))

    _stamped("data", data.read_text(), install_data)
    if torch:
        extra = HERE / "requirements.txt"

        def install_extra():
            print(f"installing {extra.relative_to(ROOT)}", flush=True)
            _pip("-r", str(extra))

        _stamped("extra", extra.read_text(), install_extra)
        _stamped("torch", " ".join([TORCH, *TORCH_SMALL]), _install_torch)


def reexecute(script, torch):
    """Continues `script` inside the environment: returns at once where it already runs there."""
    if pathlib.Path(sys.prefix).resolve() == FOLDER.resolve():
        return
    prepare(torch)
    os.execv(str(python()), [str(python()), "-B", script, *sys.argv[1:]])
