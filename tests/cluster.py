"""A Dask cluster on this machine, started by its command line: a scheduler and workers."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import psutil

from jupyter_orchest_jobs.files.locks import is_locked
from tests.engine.harness import until


def make_certificate(folder: Path) -> dict[str, str]:
    """A certificate for all programs of a cluster, with its key; as settings name them."""
    key, cert = folder / "key.pem", folder / "cert.pem"
    make = "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=dask"
    subprocess.run([*make.split(), "-keyout", key, "-out", cert], check=True, capture_output=True)
    return {"tls_ca": str(cert), "tls_cert": str(cert), "tls_key": str(key)}


def tls_options(files: Mapping[str, str]) -> tuple[str, ...]:
    """How programs of a cluster are told of a certificate."""
    ca, cert, key = files["tls_ca"], files["tls_cert"], files["tls_key"]
    return f"--tls-ca-file={ca}", f"--tls-cert={cert}", f"--tls-key={key}"


class Cluster:
    """Programs that share nothing but the network; each worker has a directory of its own.

    Args:
        folder: for all that they write.
        environ: their environment variables; by default ours.
    """

    def __init__(self, folder: Path, environ: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        self.environ = dict(os.environ if environ is None else environ)
        # ipykernel behaves differently where it believes to be tested.
        self.environ.pop("PYTEST_CURRENT_TEST", None)
        self.environ["DASK_DISTRIBUTED__ADMIN__SYSTEM_MONITOR__GIL__ENABLED"] = "false"
        self.programs: list[subprocess.Popen[bytes]] = []
        self.scheduler: subprocess.Popen[bytes] | None = None
        self.address = ""
        self.host = "127.0.0.1"
        """Where the scheduler is to be reached."""

    def start(self, workers: int = 2, *options: str) -> "Cluster":
        """Start a scheduler and so many workers."""
        self.start_scheduler()
        for number in range(workers):
            self.start_worker(f"worker-{number}", *options)
        return self

    def start_scheduler(self, protocol: str = "tcp", *options: str) -> None:
        """Start a scheduler; once more: at the same address."""
        port = self.address.rpartition(":")[2] or "0"
        log = self.folder / f"scheduler-{len(self.programs)}.log"
        self.scheduler = self._start(
            log,
            "scheduler",
            *(f"--host={protocol}://{self.host}", f"--port={port}", "--no-dashboard", *options),
        )
        word = "Scheduler at:"
        until(lambda: word in log.read_text(), "a scheduler")
        line = next(line for line in log.read_text().splitlines() if word in line)
        self.address = line.split()[-1]

    def start_worker(self, name: str, *options: str) -> "subprocess.Popen[bytes]":
        """Start a worker, with a nanny; its folder has its name."""
        log = self.folder / f"{name}-{len(self.programs)}.log"
        return self._start(
            log,
            "worker",
            self.address,
            *(f"--name={name}", f"--local-directory={self.folder / name}"),
            *("--nthreads=1", "--nworkers=1", "--memory-limit=0", "--no-dashboard"),
            *options,
        )

    def caches(self) -> list[Path]:
        """What is kept on the hosts."""
        return sorted(self.folder.glob("*/dask-scratch-space*/orchest-jobs"))

    def worker_process(self, nanny: "subprocess.Popen[bytes]") -> psutil.Process:
        """The process of a worker, below that of its nanny."""

        def look() -> list[psutil.Process]:
            children = psutil.Process(nanny.pid).children()
            return [one for one in children if "spawn_main" in " ".join(one.cmdline())]

        return until(look, "a worker")[0]

    def workers(self) -> int:
        """How many workers are ready for runs: they hold locks."""
        locks = [lock for cache in self.caches() for lock in cache.glob("workers/*.lock")]
        return sum(is_locked(lock) for lock in locks)

    def end_workers(self) -> None:
        """End all workers and their nannies at once."""
        for program in self.programs:
            if program is not self.scheduler and program.poll() is None:
                program.kill()
                program.wait()

    def close(self) -> None:
        """End everything."""
        for program in reversed(self.programs):
            if program.poll() is None:
                program.send_signal(signal.SIGTERM)
        end = time.monotonic() + 5
        for program in self.programs:
            try:
                program.wait(max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                program.kill()
                program.wait()
        until(lambda: not self._left(), "end of the cluster's processes")

    def through(self, *words: str) -> tuple[str, ...]:
        """What a program is started with.

        Args:
            words: of its command line.
        """
        return ()

    def _left(self) -> list[psutil.Process]:
        left = []
        for process in psutil.process_iter():
            try:
                if any(str(self.folder) in word for word in process.cmdline()):
                    left.append(process)
            except psutil.Error:
                continue
        return left

    def _start(self, log: Path, *words: str) -> "subprocess.Popen[bytes]":
        with log.open("wb") as file:
            program = subprocess.Popen(
                [*self.through(*words), sys.executable, "-m", "dask", *words],
                env=self.environ,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
            )
        self.programs.append(program)
        return program
