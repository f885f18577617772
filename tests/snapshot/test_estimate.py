"""How large a snapshot would be."""

from pathlib import Path

from jupyter_orchest_jobs.snapshot.estimate import estimate
from jupyter_orchest_jobs.snapshot.take import take
from tests.files.trees import Link, make_tree


def test_the_estimate_is_what_is_taken(project: Path, store: Path) -> None:
    make_tree(project, {".gitignore": "data\n", "data/x": "12345", "l": Link("x.py")})
    info = take(project, store)
    found = estimate(project, limit_s=60)
    assert (found.files, found.bytes, found.complete) == (info.files, info.bytes, True)
    assert [str(left) for left in found.left_out] == [
        "data was left out of the snapshot by .gitignore line 1 (“data”)"
    ]


def test_the_estimate_of_an_enormous_tree_ends(project: Path) -> None:
    for number in range(1500):
        (project / f"sub/{number}").touch()
    assert estimate(project, limit_files=1000, limit_s=60).complete is False
    assert 0 < estimate(project, limit_files=1000, limit_s=60).files < 1500
    assert estimate(project, limit_s=0).complete is False
    assert estimate(project, limit_s=60).files == 1502
