"""The operations on environments of jobs."""

from pydantic import BaseModel

from jupyter_orchest_jobs.api.call import Call
from jupyter_orchest_jobs.wire import answers, environments


async def get_environment(call: Call) -> BaseModel:
    """An environment and its packages."""
    view = await call.services.environments.get(call.path["id"], call.path["environment"])
    return answers.environment_detail(view)


async def get_environment_changes(call: Call) -> BaseModel:
    """What has changed in the original since."""
    found = await call.services.environments.changes(call.path["id"], call.path["environment"])
    return environments.EnvironmentChangesAnswer(
        changed=bool(found),
        items=[
            environments.PackageChangeAnswer(name=one.name, before=one.before, now=one.now)
            for one in found.packages
        ],
        message=found.problem or None,
    )


async def freeze_environment(call: Call) -> BaseModel:
    """Freeze an environment by a copy."""
    await call.services.environments.copy(call.path["id"], call.path["environment"])
    return answers.job_detail(await call.services.jobs.get(call.path["id"]))
