"""The policies on the wire are the domain's: same names, same defaults."""

from jupyter_orchest_jobs.domain.policies import Policies
from jupyter_orchest_jobs.wire.base import PoliciesModel


def test_policies_on_the_wire_have_the_names_and_defaults_of_the_domain() -> None:
    assert PoliciesModel().model_dump(mode="json") == Policies().as_json()
