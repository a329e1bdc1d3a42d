"""How much memory a verification takes: a process of its own that verifies one evidence file."""

import json
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from bench.timing import Figure
from registry.log.checkpoint import Checkpoint
from support.chain import AT, ChainSimulator
from trust.claims.halfhour import stamp
from verifiers.evidence import write_evidence

PEAK = "next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM'))"
MEASURE = f"print({PEAK})"  # ru_maxrss would count the memory of the process that started this one
BARE = f"import coincurve, cryptography.hazmat.primitives.asymmetric.ec, msgspec, orjson, nacl.bindings; {MEASURE}"
VERIFY = f"""
import sys
sys.argv = ["perseus", *sys.argv[1:]]
from perseus.cli import main
try:
    main()
finally:
    sys.stderr.write({PEAK})
"""


def verify() -> Figure:
    """Verify a file by the command; the limit is an interpreter that has loaded the libraries and done nothing."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        arguments = _write(folder)
        done = subprocess.run(
            [sys.executable, "-c", VERIFY, *arguments], capture_output=True, text=True, check=True
        )
    bare = subprocess.run([sys.executable, "-c", BARE], capture_output=True, text=True, check=True)
    if json.loads(done.stdout)["overall"] != "verified":
        raise RuntimeError("the file to be measured does not verify")
    value, limit = int(done.stderr) / 1_024, int(bare.stdout) / 1_024
    return Figure("memory.verify", round(value, 1), "MB", round(limit, 1), round(limit / value, 3))


def _write(folder: Path) -> list[str]:
    chain = ChainSimulator()
    presented, register = chain.presented(), chain.register
    note = Checkpoint(register.scheme.origin, register.size, register.root).sign(chain.scheme.log)
    evidence = replace(chain.evidence(), receipt=chain.receipt(presented), door=None)
    content = write_evidence(presented, evidence, checkpoint=note)
    (folder / "chain.perseus.json").write_bytes(content)
    (folder / "trust.json").write_bytes(chain.anchor.to_json())
    named = ["--trust", str(folder / "trust.json"), "--at", stamp(AT), "--offline", "--json"]
    return ["verify", *named, str(folder / "chain.perseus.json")]
