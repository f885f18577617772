"""Migrations: what they make, and how an older or newer file fares."""

import re
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from jupyter_orchest_jobs.errors import StoreUnavailable
from jupyter_orchest_jobs.store import migrate, tables
from jupyter_orchest_jobs.store.backups import good_backups
from jupyter_orchest_jobs.store.connections import engine_for, exclusive
from jupyter_orchest_jobs.store.sqlite import SqliteStore
from tests.records import stored_job, stored_runs

HEAD = tables.HEAD
NEXT_HEAD = f"{int(HEAD) + 1:04}"
NEXT = '''
"""A migration that replaces a table, as SQLite needs for most changes."""

import sqlalchemy as sa
from alembic import op

revision = "{next}"
down_revision = "{head}"


def upgrade():
    with op.batch_alter_table("jobs", recreate="always") as batch:
        batch.add_column(sa.Column("colour", sa.Text, server_default="red"))
    {more}
'''


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "jobs.sqlite"


def schema(path: Path) -> list[tuple[str, ...]]:
    """Every table and index, as SQLite notes them, but for blanks and quotes."""
    with closing(sqlite3.connect(path)) as raw:
        rows = raw.execute(
            "SELECT type, name, tbl_name, replace(sql, char(34), '') FROM sqlite_master"
        ).fetchall()
    squeezed = [tuple(re.sub(r"\s+|(?<=\() | (?=\))", " ", str(x)) for x in row) for row in rows]
    return sorted(tuple(x.replace("( ", "(").replace(" )", ")") for x in row) for row in squeezed)


def version(path: Path) -> str:
    with closing(sqlite3.connect(path)) as raw:
        return str(raw.execute("SELECT version_num FROM alembic_version").fetchone()[0])


def set_version(path: Path, number: str) -> None:
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("UPDATE alembic_version SET version_num = ?", (number,))


def test_the_newest_migration_is_the_head() -> None:
    engine = engine_for(Path(":memory:"))
    with engine.connect() as connection:
        script = ScriptDirectory.from_config(migrate.config(connection))
    engine.dispose()
    assert script.get_heads() == [tables.HEAD]
    revisions = [each.revision for each in script.walk_revisions()]
    # They are compared as texts.
    assert revisions == sorted(revisions, reverse=True)
    assert all(re.fullmatch(r"\d{4}", revision) for revision in revisions)


# SQLAlchemy misreads computed columns that were added later; the texts below have them right.
@pytest.mark.filterwarnings("ignore:Computed default on")
def test_migrations_make_exactly_the_tables(tmp_path: Path) -> None:
    migrated, created = tmp_path / "migrated", tmp_path / "created"
    engine = engine_for(migrated)
    with exclusive(engine) as connection:
        migrate.command.upgrade(migrate.config(connection), "head")
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, tables.metadata) == []
    engine.dispose()
    SqliteStore(created).close()
    assert schema(migrated) == schema(created)


def test_a_newer_file_is_left_as_it_is(path: Path) -> None:
    with closing(SqliteStore(path)) as store:
        stored_job(store)
    set_version(path, "9999")
    before = path.read_bytes()
    for migrate_it in (False, True):
        with pytest.raises(StoreUnavailable, match="newer version"):
            SqliteStore(path, migrate=migrate_it)
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == [path.name]


class TestOlderFiles:
    """A file of today, for a program that has one more migration."""

    @pytest.fixture(autouse=True)
    def old(self, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
        with closing(SqliteStore(path)) as store:
            stored_runs(store, stored_job(store, name="kept"), {}, {})
        monkeypatch.setattr(tables, "HEAD", NEXT_HEAD)
        monkeypatch.setattr(migrate, "MIGRATIONS", tmp_path / "100%" / "migrations")
        shutil.copytree(
            Path(tables.__file__).with_name("migrations"),
            migrate.MIGRATIONS,
            ignore=shutil.ignore_patterns("__pycache__"),
        )
        self.write("")
        yield path

    def write(self, more: str) -> None:
        (migrate.MIGRATIONS / "versions" / f"{NEXT_HEAD}_next.py").write_text(
            NEXT.format(next=NEXT_HEAD, head=HEAD, more=more)
        )

    def files(self, path: Path) -> list[str]:
        return sorted(file.name for file in path.parent.iterdir() if file.is_file())

    def backup(self, path: Path) -> Path:
        ((backup, _),) = good_backups(path)
        return backup

    def test_they_are_refused_without_leave_to_migrate(self, path: Path) -> None:
        before = path.read_bytes()
        with pytest.raises(StoreUnavailable, match=r"older version; .* serve"):
            SqliteStore(path)
        assert path.read_bytes() == before
        assert self.files(path) == [path.name]

    def test_they_are_backed_up_and_migrated(self, path: Path) -> None:
        with closing(SqliteStore(path, migrate=True)) as store:
            job = store.find_job("1")
            assert (job.name, store.run_counts([job.id])[job.id].total) == ("kept", 2)
        assert version(path) == NEXT_HEAD
        with closing(sqlite3.connect(path)) as raw:
            assert raw.execute("SELECT colour FROM jobs").fetchall() == [("red",)]
        # The backup is whole by itself, and its owner's only.
        backup = self.backup(path)
        assert self.files(path) == [path.name, backup.name]
        assert stat.S_IMODE(backup.stat().st_mode) == 0o600
        assert version(backup) == HEAD
        with closing(sqlite3.connect(backup)) as raw:
            assert raw.execute("SELECT name FROM jobs").fetchall() == [("kept",)]
        # Once is enough.
        SqliteStore(path).close()
        assert migrate.upgrade(path) is None

    def test_the_backup_has_what_is_only_in_the_log(self, path: Path) -> None:
        with closing(sqlite3.connect(path)) as busy:
            # As long as somebody reads, the log is not moved into the file.
            busy.execute("BEGIN")
            busy.execute("SELECT * FROM jobs").fetchall()
            with closing(sqlite3.connect(path)) as writer, writer:
                writer.execute("UPDATE jobs SET name = 'new'")
            SqliteStore(path, migrate=True).close()
        with closing(sqlite3.connect(self.backup(path))) as raw:
            assert raw.execute("SELECT name FROM jobs").fetchall() == [("new",)]

    def test_a_leftover_of_an_interrupted_backup_is_replaced(self, path: Path) -> None:
        path.with_name(f"{path.name}.backup.partial").write_bytes(b"half")
        SqliteStore(path, migrate=True).close()
        assert self.files(path) == [path.name, self.backup(path).name]

    def test_a_migration_that_fails_changes_nothing(self, path: Path) -> None:
        before = schema(path)
        self.write("op.execute('SELECT * FROM nothing')")
        with pytest.raises(StoreUnavailable, match="nothing"):
            SqliteStore(path, migrate=True)
        assert (version(path), schema(path)) == (HEAD, before)
        self.write("op.execute('UPDATE runs SET job_id = 1')")
        with pytest.raises(StoreUnavailable, match=r"refer .* copy is in"):
            SqliteStore(path, migrate=True)
        assert (version(path), schema(path)) == (HEAD, before)
        # And it can be tried again with a better program.
        self.write("")
        SqliteStore(path, migrate=True).close()
        assert version(path) == NEXT_HEAD
