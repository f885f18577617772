"""The contract again, with an object store between the machines: a server that behaves as S3."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import pytest

from jupyter_orchest_jobs.engine.dask.store import Store
from tests.cluster import Cluster
from tests.engine.dask import test_executor
from tests.engine.harness import Lab, until

pytest.importorskip("s3fs", reason="part of the extra “soak”")
ThreadedMotoServer = pytest.importorskip(
    "moto.server", reason="part of the extra “soak”"
).ThreadedMotoServer

pytestmark = pytest.mark.soak

URL = "s3://bucket/runs"


@pytest.fixture(scope="module", autouse=True)
def s3() -> Iterator[None]:
    """An empty bucket, for this process and all that it starts."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    _, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
        patch.setenv("AWS_ACCESS_KEY_ID", "nobody")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "nothing")
        fsspec.filesystem("s3").mkdir("bucket")
        yield
    server.stop()


@pytest.fixture(scope="module")
def cluster(s3: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """One whose workers know of the bucket."""
    cluster = Cluster(tmp_path_factory.mktemp("cluster") / "cluster").start(2)
    yield cluster
    cluster.close()


class TestAllWithS3(test_executor.TestDaskExecutor):
    @pytest.fixture
    def settings(self) -> dict[str, Any]:
        return {"store": URL}

    def test_only_snapshots_stay_in_the_store(self, lab: Lab) -> None:
        lab.run({"a.sh": "echo\n"}).launch().finish()

        def kinds() -> set[str]:
            found = fsspec.filesystem("s3", use_listings_cache=False).find("bucket/runs")
            return {Path(path).parent.name for path in found}

        until(lambda: kinds() == {"snapshots"}, "end of all that belongs to one run")


def test_store_leaves_nothing_of_what_broke_off_and_makes_no_bucket() -> None:
    def broken() -> Iterator[bytes]:
        for _ in range(60):  # parts of it have been sent by then
            yield bytes(2**20)
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        Store(f"{URL}/more").put("results/one.tar", broken())
    assert fsspec.filesystem("s3").find("bucket/runs/more") == []
    with pytest.raises(FileNotFoundError):
        Store("s3://bukcet/runs").put("results/one.tar", [b"whole"])
    assert not fsspec.filesystem("s3").exists("bukcet")
