"""Fails, unless it has failed in this working copy before."""

from pathlib import Path

flag = Path("flag.txt")
if not flag.exists():
    flag.touch()
    raise SystemExit("no flag yet")
print("delivered")
