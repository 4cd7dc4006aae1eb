#!/usr/bin/env python3
"""Set up labkit beside this file and run it. Needs only Python 3.11 or newer.

    python3 start.py                    set up if needed, then open the course in JupyterLab
    python3 start.py --port 9999        ... with options for JupyterLab
    python3 start.py test               set up if needed, then run the quick tests
    python3 start.py test --exhaustive  ... and the slow ones: load, browsers, hostile peers
    python3 start.py doctor             examine this machine, and say what to do
    python3 start.py check              run the course's notebooks, and compare their outputs
    python3 start.py reset 03           restore a notebook of your copy
    python3 start.py copy DIR           copy the course into a folder
    python3 start.py python FILE        run a file with the Python that has the course's libraries
    python3 start.py refresh 03         for authors: run a notebook, and store its outputs
    python3 start.py VERB --help        what else a verb can do (lab opens the course)
    python3 start.py --extras browser,dev test
    python3 start.py --unpinned test    use the newest versions that pyproject.toml allows; the next
                                        call without it restores those in constraints.txt

The set-up is in the folder .venv, and is repeated only when pyproject.toml or constraints.txt has
changed. If Node's npm is there, it also installs the JavaScript client of Socket.IO, which one page
uses (start_client.py). On Windows, type `py start.py`.
"""

from __future__ import print_function

import hashlib
import os
import shutil
import signal
import stat
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(HERE, ".venv")
STAMP = os.path.join(VENV, "labkit-set-up.txt")
WINDOWS = os.name == "nt"
PYTHON = os.path.join(VENV, "Scripts" if WINDOWS else "bin", "python.exe" if WINDOWS else "python")
ALWAYS = ("lab", "test")
VERBS = ("lab", "test", "doctor", "check", "reset", "copy", "refresh", "python")
# These pin the tools that build labkit, which `-c` does not; pip 25.3 has the second name.
BUILD_PINS = {"PIP_CONSTRAINT": "constraints.txt", "PIP_BUILD_CONSTRAINT": "constraints.txt"}
# Tests run in several processes; those that share a kernel or a page stay in one (conftest.py).
SPREAD = ("-n", str(min(4, os.cpu_count() or 1)))


class SetUpError(Exception):
    """The set-up cannot continue; the text says why and what to do."""


def say(text):
    print("start: " + text, flush=True)


def check_python(version=None):
    version = tuple(version or sys.version_info[:3])
    if version < (3, 11):
        raise SetUpError(
            "labkit needs Python 3.11 or newer, and this is {}. Install a newer one "
            "(python.org, or your system's packages) and run start.py with it, for example "
            "`python3.12 start.py`.".format(".".join(map(str, version)))
        )


def check_venv_module():
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        raise SetUpError(
            "this Python cannot make virtual environments, because the module for them is a "
            "separate package here. Install it, for example `sudo apt install python3-venv` (or "
            "`python{}.{}-venv`), and run start.py again.".format(*sys.version_info[:2])
        )


def user(number):
    """Return a user's name, or the number if there is none."""
    import pwd

    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return "user {}".format(number)


def check_owner():
    """Raise SetUpError for a .venv that another user may have made: its code would be run.

    The owner of start.py could make this user run anything anyway, and so could root. Root itself
    trusts only itself, and the user who called it by sudo.
    """
    if WINDOWS:
        return
    me, this, sudo = os.geteuid(), os.stat(__file__), os.environ.get("SUDO_UID", "")
    trusted = {0, me, this.st_uid} if me else {0, int(sudo) if sudo.isdigit() else 0}
    for path, look in ((VENV, os.lstat), (VENV, os.stat), (os.path.dirname(PYTHON), os.stat)):
        try:
            found = look(path)
        except OSError:
            continue
        why = ""
        if found.st_uid not in trusted:
            why = "belongs to {}".format(user(found.st_uid))
        elif not stat.S_ISLNK(found.st_mode) and found.st_mode & ~this.st_mode & stat.S_IWOTH:
            # (on a Windows disk under WSL, everyone may write everything, including start.py)
            why = "can be written by everyone"
        if why:
            raise SetUpError(
                "{} {}, and code in it would run as {}. None of it was run. Delete the folder "
                ".venv and run start.py again.".format(path, why, user(me))
            )


def run(command, why, further=None):
    """Run a command of the set-up; raise SetUpError if it fails."""
    environment = dict(os.environ, PIP_DISABLE_PIP_VERSION_CHECK="1", PYTHONUTF8="1")
    environment.pop("PYTHONHOME", None)
    environment.pop("PIP_USER", None)  # a personal setting that contradicts a virtual environment
    environment.update(further or {})
    code = subprocess.call(command, cwd=HERE, env=environment)
    if code:
        raise SetUpError("{} (exit code {}).".format(why, code))


def fingerprint(extras, pinned):
    """Return what the set-up depends on: two files, the extras, the pins, the Python version."""
    digest = hashlib.sha256()
    for name in ("pyproject.toml", "constraints.txt"):
        with open(os.path.join(HERE, name), "rb") as file:
            digest.update(file.read().replace(b"\r\n", b"\n"))
    digest.update("{}.{} {}".format(sys.version_info[0], sys.version_info[1], HERE).encode("utf-8"))
    lines = [digest.hexdigest(), ",".join(sorted(extras))] + ([] if pinned else ["unpinned"])
    return "\n".join(lines) + "\n"


def installed():
    """Return the stamp of the last complete set-up and its extras."""
    try:
        with open(STAMP, encoding="utf-8") as file:
            stamp = file.read()
        return stamp, set(filter(None, stamp.splitlines()[1].split(",")))
    except (OSError, IndexError, UnicodeDecodeError):
        return "", set()


def works():
    """Return whether .venv has a working Python of this version, with pip."""
    if not os.path.exists(PYTHON):
        return False
    ask = "import pip, sys; print('%d.%d' % sys.version_info[:2])"
    try:
        answer = subprocess.check_output(
            [PYTHON, "-I", "-c", ask], universal_newlines=True, stderr=subprocess.DEVNULL
        )
    except (OSError, subprocess.CalledProcessError):
        return False
    return answer.strip() == "%d.%d" % sys.version_info[:2]


def is_writable():
    """Return whether this user may write in the folder, which may be a shared installation."""
    return os.access(HERE, os.W_OK)


def set_up(extras, pinned=True):
    """Bring .venv up to date; a set-up that was interrupted is repaired."""
    stamp, before = installed()
    extras = set(ALWAYS) | before | set(extras)
    wanted = fingerprint(extras, pinned)
    if stamp == wanted and os.path.exists(PYTHON):
        return
    if not is_writable():
        raise SetUpError(
            "labkit cannot be set up in {}, because you may not write there. Ask its owner to run "
            "start.py there once, and then run it yourself; or copy the folder to a place where "
            "you may write.".format(HERE)
        )
    check_venv_module()
    if os.path.exists(STAMP):
        os.remove(STAMP)
    if not works():
        if os.path.isdir(VENV):
            say("the folder .venv is incomplete or of another Python version: making it again")
            shutil.rmtree(VENV)
        say("making a virtual environment in .venv")
        run([sys.executable, "-m", "venv", VENV], "The virtual environment could not be made")
    say("installing labkit with {} (a few minutes, once)".format(", ".join(sorted(extras))))
    target = ".[{}]".format(",".join(sorted(extras)))
    newest = ["--upgrade", "--upgrade-strategy", "eager"]
    versions = ["-c", "constraints.txt"] if pinned else newest
    run(
        [PYTHON, "-m", "pip", "install", "--quiet"] + versions + ["-e", target],
        "The installation failed; the lines above say why. The first time, it needs an internet "
        "connection. Run start.py again when the cause is fixed: it continues from here",
        BUILD_PINS if pinned else None,
    )
    with open(STAMP, "w", encoding="utf-8") as file:
        file.write(wanted)
    say("ready")


def set_up_page():
    """Install the JavaScript client of Socket.IO if npm is there; the course works without it."""
    if not is_writable():
        return
    import start_client

    why = start_client.install(HERE, VENV)
    if why:
        say(
            "the Socket.IO page will work without its client ({}); `start.py doctor` says how to "
            "install it".format(why)
        )


def parse(arguments):
    """Return the extras, whether versions are pinned, the verb, and the remaining arguments.

    The options count only before the verb, so that nothing is taken from the verb's arguments.
    """
    extras, pinned, rest = [], True, list(arguments)
    while rest and rest[0].partition("=")[0] in ("--extras", "--unpinned"):
        option, _, value = rest.pop(0).partition("=")
        if option == "--unpinned":
            pinned = False
            continue
        if not value:
            if not rest:
                raise SetUpError("--extras needs a list, for example `--extras browser,dev`.")
            value = rest.pop(0)
        extras += [extra.strip() for extra in value.split(",") if extra.strip()]
    unknown = sorted(set(extras) - {"lab", "test", "browser", "dev"})
    if unknown:
        raise SetUpError(
            "there is no extra named {}; the extras are browser and dev.".format(", ".join(unknown))
        )
    verb = rest.pop(0) if rest and not rest[0].startswith("-") else "lab"
    if verb not in VERBS:
        raise SetUpError("there is no verb {}; the verbs are {}.".format(verb, ", ".join(VERBS)))
    return extras, pinned, verb, rest


def leave(number, frame):
    """Handle a signal such as SIGTERM: end, together with the set-up's program that is running."""
    sys.exit(128 + number)


def become(command, cwd, env):
    """Replace this process by a program, which then handles all signals and returns its exit code.

    Windows cannot do that. There, the program is a child that gets Ctrl-C and Ctrl-Break too, so
    both are ignored here.
    """
    if not WINDOWS:
        os.chdir(cwd)
        os.execve(command[0], command, env)
    for number in (signal.SIGINT, signal.SIGBREAK):
        signal.signal(number, lambda number, frame: None)
    return subprocess.Popen(command, cwd=cwd, env=env).wait()


def main(arguments):
    if arguments[:1] in (["-h"], ["--help"]):
        print(__doc__)
        return 0
    try:
        check_python()
        extras, pinned, verb, rest = parse(arguments)
        check_owner()
        set_up(extras, pinned)
        set_up_page()
    except SetUpError as error:
        print("start: " + str(error), file=sys.stderr)
        return 1
    command = ["pytest", *SPREAD] if verb == "test" else ["labkit", verb]
    environment = dict(os.environ)
    environment.pop("PYTHONHOME", None)
    return become([PYTHON, "-m"] + command + rest, cwd=HERE, env=environment)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, leave)
    if not WINDOWS and signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # as it is by `nohup`
        signal.signal(signal.SIGHUP, leave)
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        say("interrupted; nothing is lost, run start.py again")
        sys.exit(130)
