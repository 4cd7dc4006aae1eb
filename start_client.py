"""The JavaScript client of Socket.IO, for start.py: installed by npm, and checked.

package.json names its version, and the hash of the one file that a page uses.
"""

import base64
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
import time

CLIENT = "socket.io-client"
STAMP = "labkit-without-client.txt"
WITHIN = 60  # seconds
AGAIN = 24 * 60 * 60  # seconds until an installation that failed is tried again


def install(here, venv):
    """Install the client in a folder if it is not there; return "", or why that failed.

    A failure is reported once and tried again a day later, so that it does not slow down each
    start.
    """
    wanted = read_json(here, "package.json").get("dependencies", {}).get(CLIENT)
    if is_installed(here, wanted):
        return ""
    npm = shutil.which("npm")
    attempt = "{} {}\n".format(wanted, npm)
    stamp = os.path.join(venv, STAMP)
    if failed_lately(stamp, attempt):
        return ""
    why = run_npm(here, npm) if npm else "Node's npm was not found"
    if not why and not is_installed(here, wanted):
        why = "npm installed something else than package.json records"
    if why:
        with open(stamp, "w", encoding="utf-8") as file:
            file.write(attempt)
    return why


def read_json(*path):
    """Return the object in a JSON file, an empty one if it cannot be read."""
    try:
        with open(os.path.join(*path), encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError):
        return {}


def is_installed(here, version):
    """Return whether this version of the client is installed; remove one with a wrong hash."""
    package = os.path.join(here, "node_modules", CLIENT)
    if version != read_json(package, "package.json").get("version"):
        return False
    if is_genuine(here):
        return True
    shutil.rmtree(package)
    return False


def is_genuine(here):
    """Return whether each file whose hash package.json records is there and has that hash."""
    for name, recorded in read_json(here, "package.json").get("integrity", {}).items():
        kind, _, wanted = recorded.partition("-")  # as browsers write it: sha384-...
        try:
            with open(os.path.join(here, "node_modules", *name.split("/")), "rb") as file:
                digest = hashlib.new(kind, file.read()).digest()
        except OSError:
            return False
        if base64.b64encode(digest).decode("ascii") != wanted:
            return False
    return True


def run_npm(here, npm):
    """Install the packages of package.json without running them; return "", or why it failed."""
    command = [npm, "install", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund"]
    command += ["--loglevel=error", "--fetch-retries=0"]
    # a file, because after the time limit a grandchild might keep a pipe open for ever
    with tempfile.TemporaryFile() as output:
        try:
            code = subprocess.call(
                command,
                cwd=here,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                timeout=WITHIN,
            )
        except subprocess.TimeoutExpired:
            return "npm did not finish within {} s".format(WITHIN)
        except OSError as error:
            return "npm cannot be run: {}".format(error.strerror)
        output.seek(0)
        words = output.read().decode("utf-8", "replace").split()
    if not code:
        return ""
    known = words[words.index("code") + 1 :][:1] if "code" in words else []
    known = [word for word in known if word.isalnum() and word.isascii()]  # it goes to a terminal
    return "npm failed: {}".format((known or ["exit code {}".format(code)])[0])


def failed_lately(stamp, attempt):
    """Return whether the same attempt failed within the last day."""
    try:
        if time.time() - os.path.getmtime(stamp) > AGAIN:
            return False
        with open(stamp, encoding="utf-8") as file:
            return file.read() == attempt
    except (OSError, UnicodeDecodeError):
        return False
