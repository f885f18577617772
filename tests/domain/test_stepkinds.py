from typing import get_args

from jupyter_orchest_jobs.domain.stepkinds import BY_NAME, KindName, kind_of


def test_kinds_are_told_by_suffix_whatever_its_case() -> None:
    names = ["a.ipynb", "b.py", "c.sh", "Makefile", "d.R", "e.jl", "f.JS", "dir.py/g", "h.pkl"]
    kinds = [kind_of(name) for name in names]
    assert [kind and kind.name for kind in kinds] == [
        "notebook",
        "python",
        "bash",
        "bash",
        "r",
        "julia",
        "javascript",
        "bash",
        None,
    ]


def test_every_name_has_a_kind() -> None:
    assert set(BY_NAME) == set(get_args(KindName))
