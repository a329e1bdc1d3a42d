"""A PostgreSQL of our own on a local socket, from Debian's packages; it is killed and started as a test likes."""

import os
import pwd
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

SERVERS = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))


@dataclass(frozen=True)
class Cluster:
    """One cluster of databases in a folder that is its own."""

    folder: Path

    @classmethod
    def made(cls, folder: Path) -> "Cluster":
        """Make the cluster, durable as it is delivered, and start it."""
        folder.mkdir(parents=True)
        if os.geteuid() == 0:
            account = pwd.getpwnam("postgres")
            os.chown(folder, account.pw_uid, account.pw_gid)
        found = cls(folder)
        found._run("initdb", "-D", f"{folder}/data", "-A", "trust", "-U", "postgres", "--no-sync")
        found.start()
        return found

    def start(self) -> None:
        """Start the server, without a port."""
        own = f"-k {self.folder} -c listen_addresses= -c unix_socket_permissions=0777"
        options = f"{own} -c recovery_init_sync_method=syncfs"
        self._run(
            "pg_ctl", "-D", f"{self.folder}/data", "-l", f"{self.folder}/log", "-w", "-o", options, "start"
        )

    def kill(self) -> None:
        """Kill the server and all its workers at once, as a power cut would."""
        leader = int((self.folder / "data" / "postmaster.pid").read_text().splitlines()[0])
        workers = subprocess.run(["pgrep", "-P", str(leader)], capture_output=True, check=False, text=True)
        everybody = (leader, *map(int, workers.stdout.split()))
        for process in everybody:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        while any(_runs(process) for process in everybody):
            time.sleep(0.02)
        # Where nobody collects the dead, the server would take its own corpse for a server that runs.
        for lock in (self.folder / "data" / "postmaster.pid", self.folder / ".s.PGSQL.5432.lock"):
            lock.unlink(missing_ok=True)

    def stop(self) -> None:
        """Stop the server."""
        self._run("pg_ctl", "-D", f"{self.folder}/data", "-m", "immediate", "-w", "stop")

    def database(self, name: str) -> str:
        """Make a database, and give its URL."""
        self._run("createdb", "-h", str(self.folder), "-U", "postgres", name)
        return f"postgresql+psycopg://postgres@/{name}?host={self.folder}"

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(SERVERS[-1].parent / program), *arguments]
        if os.geteuid() == 0:
            command = [str(shutil.which("runuser")), "-u", "postgres", "--", *command]
        subprocess.run(command, capture_output=True, check=True, timeout=60, cwd="/tmp")  # noqa: S108 - any folder it may enter


def _runs(process: int) -> bool:
    """Tell whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
