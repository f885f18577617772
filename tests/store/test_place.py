"""Where the file lies: what is found out about it, and what follows."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from jupyter_orchest_jobs.errors import StoreUnavailable
from jupyter_orchest_jobs.files.hosts import Sharing
from jupyter_orchest_jobs.store import migrate, place
from jupyter_orchest_jobs.store.sqlite import SqliteStore
from tests.records import stored_job

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="as Linux says it")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "jobs.sqlite"


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> None:
    """All folders seem to be on NFS."""
    monkeypatch.setattr(place, "magic_of", lambda folder: 0x6969)


def mode(path: Path) -> str:
    with closing(sqlite3.connect(path)) as raw:
        return str(raw.execute("PRAGMA journal_mode").fetchone()[0])


def in_use(store: SqliteStore, pragma: str) -> object:
    with store._database.reading() as connection:
        return connection.exec_driver_sql(f"PRAGMA {pragma}").scalar()


@linux
def test_the_kind_of_a_file_system_is_as_the_system_says(tmp_path: Path) -> None:
    for folder in (tmp_path, Path("/proc"), Path("/dev/shm")):
        said = subprocess.run(
            ["stat", "--file-system", "--format=%t", folder], capture_output=True, text=True
        )
        assert place.magic_of(folder) == int(said.stdout, 16)


@linux
def test_what_is_not_there_has_no_kind(tmp_path: Path) -> None:
    assert place.magic_of(tmp_path / "missing") is None
    assert place.network_of(tmp_path / "missing") is None


@pytest.mark.parametrize(
    ("magic", "name"),
    [(0x6969, "NFS"), (0xFE534D42, "SMB"), (0x65735546, "FUSE"), (0xEF53, None), (None, None)],
)
def test_network_file_systems_have_names(
    monkeypatch: pytest.MonkeyPatch, magic: int | None, name: str | None
) -> None:
    monkeypatch.setattr(place, "magic_of", lambda folder: magic)
    assert place.network_of(Path("/")) == name


def test_a_local_folder_needs_no_words(path: Path) -> None:
    with closing(SqliteStore(path)) as store:
        stored_job(store)
        assert store.notice is None
        assert not store.has_lost_records
        assert (in_use(store, "journal_mode"), in_use(store, "synchronous")) == ("wal", 2)


@pytest.mark.usefixtures("network")
def test_a_network_folder_is_said_and_has_no_log(path: Path) -> None:
    with closing(SqliteStore(path)) as store, closing(SqliteStore(path)) as other:
        job = stored_job(store)
        assert store.notice is not None
        for word in (str(path.parent), "NFS", "state_dir", "local disk"):
            assert word in store.notice
        assert other.job(job.id) == job
        assert not store.has_lost_records
        # Durable also when the folder's names are what is lost: 3 is EXTRA.
        assert (in_use(store, "journal_mode"), in_use(store, "synchronous")) == ("delete", 3)
        assert [file.name for file in path.parent.iterdir()] == [path.name]
    assert mode(path) == "delete"


def test_a_file_follows_when_its_folder_moves(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(SqliteStore(path)) as store:
        job = stored_job(store)
    assert mode(path) == "wal"
    for magic, expected in ((0xFF534D42, "delete"), (0xEF53, "wal")):
        monkeypatch.setattr(place, "magic_of", lambda folder, magic=magic: magic)
        with closing(SqliteStore(path, migrate=True)) as store:
            assert store.job(job.id) == job
        assert mode(path) == expected


@pytest.mark.usefixtures("network")
def test_a_file_of_before_is_updated_without_a_log(path: Path) -> None:
    engine = migrate.engine_for(path)
    with migrate.exclusive(engine) as connection:
        migrate.command.upgrade(migrate.config(connection), "0001")
        connection.exec_driver_sql("INSERT INTO state VALUES (1, 0, 0)")
    engine.dispose()
    with closing(SqliteStore(path, migrate=True)) as store:
        stored_job(store)
    assert mode(path) == "delete"


# --- hosts that share a folder ---


@pytest.mark.usefixtures("network")
def test_a_network_folder_is_believed_to_be_shared(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "not" / "yet"):
        sharing = place.sharing_of(folder)
        assert sharing is not None
        assert sharing.lease_s == 60


@pytest.mark.usefixtures("network")
def test_what_was_said_of_a_network_folder_is_believed(tmp_path: Path) -> None:
    assert place.sharing_of(tmp_path, by_hosts=False) is None
    place.say_sharing(tmp_path, by_hosts=False)
    assert place.sharing_of(tmp_path) is None
    assert place.sharing_of(tmp_path, by_hosts=True) is not None


def test_what_was_said_of_a_local_folder_is_believed(tmp_path: Path) -> None:
    assert place.sharing_of(tmp_path) is None
    assert place.sharing_of(tmp_path, by_hosts=True, host="a") == Sharing("a", 60)
    (tmp_path / "sharing.json").write_text('{"lease_s": 20}')
    place.say_sharing(tmp_path, by_hosts=True)
    sharing = place.sharing_of(tmp_path)
    assert sharing is not None
    assert sharing.lease_s == 20


def test_a_shared_folder_has_no_log(path: Path) -> None:
    place.say_sharing(path.parent, by_hosts=True)
    with closing(SqliteStore(path)) as store:
        stored_job(store)
        assert (in_use(store, "journal_mode"), in_use(store, "synchronous")) == ("delete", 3)


@pytest.mark.parametrize(
    "text", ["", "[]", '{"by_hosts": 7}', '{"lease_s": 0}', '{"lease_s": "x"}']
)
def test_what_was_said_must_be_understood(tmp_path: Path, text: str) -> None:
    (tmp_path / "sharing.json").write_text(text)
    with pytest.raises(StoreUnavailable, match=r"sharing\.json can't be understood"):
        place.sharing_of(tmp_path)
