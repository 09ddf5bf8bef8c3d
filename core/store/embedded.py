"""PostgreSQL 18 as a child of the factory: no installation, no port, nothing left behind.

Who lives as long as whom:

    owner (this process) --pipe--> watchdog (sh) --parent of--> postgres
                                                                └─ holds the lock on `server.lock` while any part lives

The watchdog waits for the end of the pipe, which comes when the owner stops the server *and* when it dies of anything,
kill -9 included; it then asks PostgreSQL for a fast shutdown. (PR_SET_PDEATHSIG would be Linux only, and fires when the
*thread* that started the child ends.) Being postgres' parent, the watchdog cannot signal a recycled process id.
Should watchdog and owner be killed together, the lock tells the next start that a server is still alive, and that one
is shut down and started again under a new watchdog.
"""

import fcntl
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import psycopg
from psycopg.conninfo import make_conninfo

from core.store.residence import SHELTER, EmbeddedError, Residence, settle

OWNER = "postgres"
"""The role that owns everything; the name Supabase uses, so that migrations may speak of it on both."""
DATABASE = "postgres"
PORT = 5432  # names the socket file only: no TCP listener exists
SOCKET_LIMIT = 103  # bytes of sun_path: 104 on macOS, 108 on Linux, both with a closing zero
PREFIX = "tf-"  # of socket directories that had to go to the temporary folder
START_SECONDS = 60.0  # recovery after a crash replays the log first
STOP_SECONDS = 3.0
LOG_BYTES = 5_000_000

SETTINGS = {
    "shared_buffers": "32MB",
    "max_connections": "60",
    "jit": "off",
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
    "password_encryption": "scram-sha-256",
}
LOG_SEGMENTS = 4
"""Of 16 MB, made ahead: about twenty thousand presses. PostgreSQL keeps as many by recycling (min_wal_size)."""
FRAGILE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

WATCHDOG = """
"$@" </dev/null &
server=$!
exec >/dev/null   # stdout is the lock: from here on only PostgreSQL holds it
read -r _
kill -INT "$server"
wait "$server"
"""


class EmbeddedPostgres:
    """One server in one folder; whoever starts it first owns it, later starters in other processes are guests.

    `durable=False` (tests) gives up crash safety for speed; `shelter` is where root's data go when `folder` is out of
    the server user's reach. Use one instance per folder in a process; starting it again restarts the server.
    Every failure is an `EmbeddedError` with a sentence for the operator.
    """

    def __init__(self, folder: Path, *, durable: bool = True, shelter: Path = SHELTER) -> None:
        self.folder = folder
        self._shelter = shelter
        self._durable = durable
        self._residence: Residence | None = None
        self._owner_lock: IO[str] | None = None
        self._watchdog: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # -- what others may know -------------------------------------------------------------------------------------

    @property
    def residence(self) -> Residence:
        if self._residence is None:
            raise EmbeddedError("The embedded database has not been started.")
        return self._residence

    @property
    def owned(self) -> bool:
        """Whether stop() will stop the server (False: another living process started it)."""
        return self._watchdog is not None

    @property
    def programs(self) -> Path:
        """Directory of psql, pg_dump and pg_restore of the same version."""
        return self.residence.programs

    @property
    def passfile(self) -> Path:
        return self.residence.home / "password"

    @property
    def socket_directory(self) -> Path:
        """Where the Unix socket is, as PostgreSQL recorded it beside the data."""
        return Path(self._status()[4])

    @property
    def dsn(self) -> str:
        """Connection string of the owner role; the password stays in a file only we can read."""
        return self.address(DATABASE)

    def address(self, database: str) -> str:
        """Connection string of the owner role for another database of the same server."""
        return make_conninfo(
            host=str(self.socket_directory), port=PORT, dbname=database, user=OWNER, passfile=str(self.passfile)
        )

    # -- lifecycle ------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Bring the server up (first time ≈ 0.6 s, later ≈ 0.1 s) and return when it accepts connections."""
        self.stop()
        try:
            self._bring_up()
        except OSError as error:
            self.stop()
            where = error.filename or self.folder
            raise EmbeddedError(f"The embedded database cannot use {where}: {error.strerror}.") from error
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Fast shutdown: open transactions roll back, committed ones are on disk. Guests only let go."""
        if self._watchdog is not None:
            assert self._watchdog.stdin is not None
            status = self._status_or_none()
            self._watchdog.stdin.close()
            try:
                self._watchdog.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._end_orphan()
                self._watchdog.wait(STOP_SECONDS)
            self._watchdog = None
            self._remove_socket(status)
        if self._owner_lock is not None:
            self._owner_lock.close()
            self._owner_lock = None

    def _bring_up(self) -> None:
        self._residence = settle(self.folder, shelter=self._shelter)
        self._refuse_foreign_data()
        # While the present owner stops, its server goes away and the ownership comes free: so ask for both.
        if not _await(lambda: self._become_owner() or self._ready(), START_SECONDS):
            raise EmbeddedError("The process that owns the embedded database has not finished starting it.")
        if self._owner_lock is not None:
            self._end_orphan()
            fresh = self._initialise()
            self._launch()
            if fresh and self._durable:
                self._lay_out_log()

    def _refuse_foreign_data(self) -> None:
        recorded = self.residence.data / "PG_VERSION"
        try:
            data = recorded.read_text().strip()
        except FileNotFoundError:
            return
        except PermissionError as error:
            raise EmbeddedError(
                f"{self.residence.home} was created by another user of this machine: start as that user "
                "(root, if root started it first)."
            ) from error
        program = self._run("postgres", "--version").split()[-1].split(".")[0]
        if data != program:
            raise EmbeddedError(
                f"The data in {self.residence.data} belongs to PostgreSQL {data} and this factory brings {program}: "
                f"make a backup with the release that wrote it and restore it here."
            )

    def _become_owner(self) -> bool:
        # A POSIX lock, because forked children do not inherit it: the owner's death ends it, whoever else survives.
        lock = (self.residence.home / "owner.lock").open("w")
        try:
            fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.close()
            return False
        self._owner_lock = lock
        return True

    @contextmanager
    def _server_lock(self) -> Iterator[IO[bytes] | None]:
        """The lock every PostgreSQL process of this folder inherits; None while one of them is alive."""
        with (self.residence.home / "server.lock").open("wb") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                yield None
            else:
                yield lock

    def _alive(self) -> bool:
        """For the owner only: a guest trying the lock could make the owner believe that a server lives."""
        with self._server_lock() as lock:
            return lock is None

    def _end_orphan(self) -> None:
        """Shut down a server whose owner died; afterwards no process uses the data and stale files are gone."""
        for wanted in (signal.SIGINT, signal.SIGQUIT):
            if not self._alive():
                break
            if status := self._status_or_none():
                # The lock is held, so the process is ours for certain; gone means its children are on their way out.
                with suppress(ProcessLookupError):
                    os.kill(int(status[0]), wanted)
            _await(lambda: not self._alive(), STOP_SECONDS)
        else:
            if self._alive():
                raise EmbeddedError(f"A PostgreSQL left over in {self.residence.home} does not stop: end it by hand.")
        self._remove_socket(self._status_or_none())
        # A recycled process id in a stale file would make PostgreSQL refuse to start.
        (self.residence.data / "postmaster.pid").unlink(missing_ok=True)

    def _initialise(self) -> bool:
        """Whether there was no data yet."""
        data = self.residence.data
        if data.exists():
            return False
        part = self._private(data.with_name("data.part"), fresh=True)
        password = secrets.token_urlsafe(24)
        told = self._private(self.residence.home / "initdb", fresh=True) / "password"
        told.write_text(password)
        told.chmod(0o644)  # behind a private directory, and read by the server's user
        command = ["initdb", "--pgdata", str(part), "--username", OWNER, "--pwfile", str(told)]
        command += ["--auth", "scram-sha-256", "--encoding", "UTF8"]
        command += ["--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C"]
        self._run(*command, *([] if self._durable else ["--no-sync"]))
        shutil.rmtree(told.parent)
        (part / "pg_hba.conf").write_text("local all all scram-sha-256\n")
        self.passfile.touch(mode=0o600)
        self.passfile.write_text(f"*:*:*:{OWNER}:{password}\n")
        part.rename(data)  # a start killed half-way leaves no data that looks complete
        return True

    def _lay_out_log(self) -> None:
        """Making a segment of the log takes 0.1 s in which no commit ends: better now than under the first presses."""
        with psycopg.connect(self.dsn, autocommit=True) as owner:
            for _ in range(LOG_SEGMENTS):
                owner.execute("select pg_logical_emit_message(true, 'room', '')")  # an empty segment is not switched
                owner.execute("select pg_switch_wal()")
            owner.execute("checkpoint")

    def _launch(self) -> None:
        home = self.residence.home
        command = ["/bin/sh", "-c", WATCHDOG, "watchdog", str(self.programs / "postgres")]
        command += ["-D", str(self.residence.data), "-k", str(self._socket_home())]
        for name, value in (SETTINGS | ({} if self._durable else FRAGILE)).items():
            command += ["-c", f"{name}={value}"]
        log = home / "postgres.log"
        if log.exists() and log.stat().st_size > LOG_BYTES:
            log.rename(log.with_suffix(".log.1"))
        with log.open("ab") as errors, self._server_lock() as lock:
            assert lock is not None
            self._watchdog = self._spawn(command, stdin=subprocess.PIPE, stdout=lock.fileno(), stderr=errors.fileno())
        _await(lambda: self._ready() or not self._alive(), START_SECONDS)
        if not self._ready():
            raise EmbeddedError(f"PostgreSQL did not start; its reasons are at the end of {log}.")

    def _ready(self) -> bool:
        status = self._status_or_none()
        return status is not None and status[7:] == ["ready   "] and _answers(Path(status[4]))

    # -- files ----------------------------------------------------------------------------------------------------

    def _status(self) -> list[str]:
        """postmaster.pid: process id, data, start time, port, socket directory, address, memory key, state."""
        if (status := self._status_or_none()) is None:
            raise EmbeddedError("The embedded database is not running.")
        return status

    def _status_or_none(self) -> list[str] | None:
        try:
            lines = (self.residence.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return None
        return lines if len(lines) > 4 else None

    def _socket_home(self) -> Path:
        near = self.residence.home / "socket"
        # A comma separates directories for PostgreSQL and hosts for its clients; quotes read differently to the two.
        if len(os.fsencode(near / f".s.PGSQL.{PORT}.lock")) <= SOCKET_LIMIT and not set(",\"'\\") & set(str(near)):
            return self._private(near, fresh=True)
        return self._private(Path(tempfile.mkdtemp(prefix=PREFIX)))

    def _remove_socket(self, status: list[str] | None) -> None:
        near = self.residence.home / "socket"
        far = Path(status[4]) if status else near
        for directory in {near, far}:
            if directory == near or (directory.parent, directory.name[:3]) == (Path(tempfile.gettempdir()), PREFIX):
                shutil.rmtree(directory, ignore_errors=True)

    def _private(self, directory: Path, *, fresh: bool = False) -> Path:
        """A directory (emptied when `fresh`) that only the server's user may enter."""
        if fresh and directory.exists():
            shutil.rmtree(directory)
        directory.mkdir(mode=0o700, exist_ok=True)
        if self.residence.user is not None:
            os.chown(directory, *self.residence.user)
        return directory

    # -- processes ------------------------------------------------------------------------------------------------

    def _spawn(self, command: list[str], *, stdin: int, stdout: int, stderr: int) -> subprocess.Popen[bytes]:
        uid, gid = self.residence.user or (None, None)
        return subprocess.Popen(  # noqa: S603 - our own programs with our own arguments
            command,
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            cwd="/",
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
            start_new_session=True,  # Ctrl-C reaches the factory, which still needs its database to drain
            user=uid,
            group=gid,
            extra_groups=None if uid is None else [],
        )

    def _run(self, program: str, *arguments: str) -> str:
        command = [str(self.programs / program), *arguments]
        process = self._spawn(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        output, complaint = process.communicate()
        if process.returncode:
            raise EmbeddedError(f"{program} failed: {complaint.decode().strip()}")
        return output.decode()


def _answers(directory: Path) -> bool:
    """Whether somebody listens on the socket (a stale postmaster.pid also says "ready")."""
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(directory / f".s.PGSQL.{PORT}"))
        except OSError:
            return False
    return True


def _await(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True
