"""The embedded server: starts, stops, survives its owner's death, and never opens itself to others."""

import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from core.store.embedded import PORT, EmbeddedPostgres
from core.store.residence import EmbeddedError, programs, settle

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root changes users")

OWNER = """
import sys, time
from pathlib import Path
import psycopg
from core.store.embedded import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]))
server.start()
with psycopg.connect(server.dsn) as connection:
    connection.execute("create table if not exists kept (n int)")
    connection.execute("insert into kept values (1)")
print(server.owned, flush=True)
time.sleep(60)
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A place the server's user can reach even when root runs the tests."""
    place = Path(tempfile.mkdtemp(prefix="factory-test-"))
    place.chmod(0o755)
    yield place / "postgres"
    shutil.rmtree(place)


def test_the_second_start_finds_what_the_first_wrote(folder: Path) -> None:
    for rows in (1, 2):
        with EmbeddedPostgres(folder) as server, psycopg.connect(server.dsn) as connection:
            connection.execute("create table if not exists kept (n int)")
            connection.execute("insert into kept values (1)")
            assert _count(connection) == rows
            assert connection.info.server_version // 10_000 == 18
            assert connection.execute("show fsync").fetchone() == ("on",)
    assert _servers(folder) == []


def test_stopping_with_open_transactions_takes_under_three_seconds(folder: Path) -> None:
    with EmbeddedPostgres(folder) as server, psycopg.connect(server.dsn) as connection:
        connection.execute("create table unfinished ()")
        started = time.monotonic()
        server.stop()
        assert time.monotonic() - started < 3
        assert not connection.closed or connection.broken
        connection.close()


def test_nobody_gets_in_without_the_password_or_over_the_network(folder: Path) -> None:
    with EmbeddedPostgres(folder) as server:
        assert stat.S_IMODE(server.passfile.stat().st_mode) == 0o600
        assert stat.S_IMODE(server.socket_directory.stat().st_mode) == 0o700
        address = f"host={server.socket_directory} port={PORT} user=postgres dbname=postgres"
        for attempt in (f"{address} passfile=/dev/null", f"{address} password=guess"):
            with pytest.raises(psycopg.OperationalError, match="password"):
                psycopg.connect(attempt)
        with psycopg.connect(server.dsn) as connection:
            assert connection.execute("show listen_addresses").fetchone() == ("",)


def test_the_server_goes_when_its_owner_is_killed(folder: Path) -> None:
    owner = _owner(folder)
    owner.kill()
    owner.wait()
    assert _soon(lambda: _servers(folder) == [])
    with EmbeddedPostgres(folder) as server, psycopg.connect(server.dsn) as connection:
        assert _count(connection) == 1


def test_a_server_whose_owner_and_watchdog_were_killed_is_replaced_by_the_next_start(folder: Path) -> None:
    owner = _owner(folder)
    (left,) = _servers(folder)
    watchdog = _parent(left)
    owner.send_signal(signal.SIGSTOP)  # so that the two really go together
    os.kill(watchdog, signal.SIGKILL)
    owner.kill()
    owner.wait()
    assert _servers(folder) == [left]
    with EmbeddedPostgres(folder) as server, psycopg.connect(server.dsn) as connection:
        assert _count(connection) == 1
        (running,) = _servers(folder)
        assert running != left
    assert _servers(folder) == []


def test_a_killed_server_starts_again_with_what_was_committed(folder: Path) -> None:
    with EmbeddedPostgres(folder) as server:
        with psycopg.connect(server.dsn) as connection:
            connection.execute("create table kept (n int)")
            connection.execute("insert into kept values (1)")
        os.kill(_servers(folder)[0], signal.SIGKILL)
        server.start()
        with psycopg.connect(server.dsn) as connection:
            assert _count(connection) == 1
        assert len(_servers(folder)) == 1


def test_a_recycled_process_id_does_not_keep_the_server_from_starting(folder: Path) -> None:
    with EmbeddedPostgres(folder) as server:
        user = server.residence.user
        with psycopg.connect(server.dsn) as connection:
            connection.execute("create table kept (n int)")
    stranger = subprocess.Popen(["sleep", "60"], user=user and user[0])
    try:
        lines = [str(stranger.pid), str(folder / "data"), "1", str(PORT), str(folder / "socket"), "", "1 1", "ready   "]
        (folder / "data" / "postmaster.pid").write_text("\n".join(lines))
        with EmbeddedPostgres(folder) as server, psycopg.connect(server.dsn) as connection:
            assert _count(connection) == 0
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_second_process_is_a_guest_and_leaves_the_server_running(folder: Path) -> None:
    with EmbeddedPostgres(folder):
        guest = _owner(folder, owns=False)
        guest.terminate()
        guest.wait()
        (server,) = _servers(folder)
        assert server
    assert _servers(folder) == []


def test_a_path_too_long_for_a_socket_gets_a_short_private_one_that_goes_again(folder: Path) -> None:
    server = EmbeddedPostgres(folder / ("long-" * 20) / "postgres")
    with server, psycopg.connect(server.dsn):
        directory = server.socket_directory
        assert len(str(directory)) < 60
        assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert not directory.exists()


def test_a_place_that_cannot_hold_data_is_named_in_one_sentence(folder: Path) -> None:
    folder.write_text("a file, not a folder")
    with pytest.raises(EmbeddedError, match=r"cannot use .*/postgres/inside: Not a directory\.$"):
        EmbeddedPostgres(folder / "inside").start()


def test_a_folder_may_have_any_name(folder: Path) -> None:
    named = folder / 'it\'s, "the" plâce'
    with EmbeddedPostgres(named) as server, psycopg.connect(server.dsn) as connection:
        assert connection.execute("show data_directory").fetchone() == (str(named / "data"),)


def test_data_of_another_major_version_is_refused_in_one_sentence(folder: Path) -> None:
    with EmbeddedPostgres(folder):
        pass
    (folder / "data" / "PG_VERSION").write_text("16\n")
    with pytest.raises(EmbeddedError, match=r"belongs to PostgreSQL 16 and this factory brings 18: make a backup"):
        EmbeddedPostgres(folder).start()


def test_a_server_that_cannot_start_says_where_its_reasons_are(folder: Path) -> None:
    with EmbeddedPostgres(folder):
        pass
    (folder / "data" / "global" / "pg_control").unlink()
    with pytest.raises(EmbeddedError, match="did not start; its reasons are at the end of"):
        EmbeddedPostgres(folder).start()
    assert _servers(folder) == []


@as_root
def test_a_folder_closed_to_the_server_user_stays_closed_and_the_data_move(folder: Path) -> None:
    closed = folder / "root"
    closed.mkdir(parents=True)
    closed.chmod(0o700)
    asked = closed / "checkout" / "postgres"
    for rows in (1, 2):
        server = EmbeddedPostgres(asked, shelter=folder / "shelter")
        with server, psycopg.connect(server.dsn) as connection:
            connection.execute("create table if not exists kept (n int)")
            connection.execute("insert into kept values (1)")
            assert _count(connection) == rows
            assert server.residence.data.is_relative_to(folder / "shelter")
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    assert (asked / "moved").read_text().splitlines()[1].startswith(f"{closed} is closed to ")


@as_root
def test_programs_closed_to_the_server_user_are_copied_once(folder: Path) -> None:
    closed = folder / "root"
    package = programs().parents[1]
    installed = closed / "site" / package.name / programs().relative_to(package)
    shutil.copytree(programs().parent, installed.parent, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    shutil.copytree(libraries, closed / "site" / libraries.name, symlinks=True)
    closed.chmod(0o700)
    residence = settle(folder / "data", shelter=folder / "shelter", installed=installed)
    assert residence.programs.is_relative_to(folder / "shelter")
    assert residence.user is not None
    shown = subprocess.run(
        [residence.programs / "initdb", "--version"], user=residence.user[0], check=True, capture_output=True
    )
    assert b"18." in shown.stdout
    assert settle(folder / "data", shelter=folder / "shelter", installed=installed) == residence


@as_root
def test_an_ordinary_user_runs_the_server_as_himself(folder: Path) -> None:
    nobody = pwd.getpwnam("nobody").pw_uid
    folder.mkdir()
    os.chown(folder, nobody, -1)
    child = os.fork()  # not a new interpreter: root's may be out of everybody else's reach
    if child == 0:
        status = 1
        try:
            os.setgroups([])
            os.setuid(nobody)
            with EmbeddedPostgres(folder / "mine") as server, psycopg.connect(server.dsn):
                (running,) = _servers(folder / "mine")
                status = 0 if Path(f"/proc/{running}").stat().st_uid == nobody else 2
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert _servers(folder / "mine") == []


def _owner(folder: Path, *, owns: bool = True) -> subprocess.Popen[str]:
    """Another process that started the server and wrote a row."""
    process = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert process.stdout is not None
    with process.stdout as said:
        assert said.readline().strip() == str(owns)
    return process


def _servers(folder: Path) -> list[int]:
    """Process ids of the postmasters (not their children) running on this folder's data."""
    wanted = f"-D\0{folder / 'data'}\0".encode()
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = entry.read_bytes()
        except OSError:  # gone while we looked
            continue
        if wanted in line and line.split(b"\0", 1)[0].endswith(b"/postgres"):
            found.append(int(entry.parent.name))
    return found


def _parent(process: int) -> int:
    return int(Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[1])


def _count(connection: psycopg.Connection) -> int:
    row = connection.execute("select count(*) from kept").fetchone()
    assert row is not None
    count: int = row[0]
    return count


def _soon(condition: Callable[[], bool], seconds: float = 5.0) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
