"""The jobs of a sandbox in the admin API: where they stand, and moving one by hand."""

from __future__ import annotations

from typing import Any

from fauxlate.engine.sandboxes.sandbox import Sandbox
from fauxlate.engine.timing.jobs import Job
from fauxlate.web.admin.route import PREFIX, SANDBOX, AdminError, AdminRequest, Route
from fauxlate.web.admin.shapes.requests import EmptyBody
from fauxlate.web.admin.shapes.responses import JobList, JobState
from fauxlate.web.admin.times import format_time
from fauxlate.web.callbacks import delivery


async def job_state(sandbox: Sandbox, job: Job[Any]) -> JobState:
    """Return where a job stands, and the course that it takes."""
    marks = await sandbox.store.marks(job.id)
    position = job.at(sandbox.now(), marks)
    return {
        "id": job.id,
        "nth": job.nth,
        "lifecycle": job.lifecycle,
        "owner": job.owner,
        "created": format_time(job.created),
        "state": position.state,
        "since": format_time(position.since),
        "last": sandbox.has_ended(job, position),
        "gone": position.is_expired,
        "error": position.step.error,
        "timeline": [str(step) for step in job.timeline.steps],
        "polls": len(marks.polls),
        "told": dict(getattr(job.facts, "attributes", {})),
    }


async def list_jobs(request: AdminRequest) -> JobList:
    """Tell of every job."""
    sandbox = request.sandbox
    return {"jobs": [await job_state(sandbox, job) for job in await sandbox.store.jobs()]}


async def get_job(request: AdminRequest) -> JobState:
    """Tell of one job."""
    return await job_state(request.sandbox, await _find_job(request))


async def move_job(request: AdminRequest) -> JobState:
    """End the state of a job that is moved by hand."""
    sandbox, job = request.sandbox, await _find_job(request)
    request.parse_body(EmptyBody)
    position = job.at(sandbox.now(), await sandbox.store.marks(job.id))
    if position.is_last or position.step.dwell.kind != "manual":
        why = "its last state" if position.is_last else "a state that ends by itself"
        message = f"The job is in `{position.state}`, {why}; only a state written as `… manual` is moved by hand."
        raise AdminError(409, message)
    await sandbox.store.mark(job.id, "moves", sandbox.now())
    await delivery.schedule(request.world, sandbox, job.id)
    return await job_state(sandbox, job)


async def _find_job(request: AdminRequest) -> Job[Any]:
    job_id = request.path["job"]
    job = await request.sandbox.store.job(job_id)
    if job is None:
        message = f"There is no job `{job_id[:80]}` in this sandbox; GET {PREFIX}sandboxes/…/jobs lists them."
        raise AdminError(404, message)
    return job


ROUTES = (
    Route("GET", f"{SANDBOX}/jobs", list_jobs, "The jobs of a sandbox.", JobList),
    Route("GET", f"{SANDBOX}/jobs/{{job}}", get_job, "A job.", JobState),
    Route(
        "POST",
        f"{SANDBOX}/jobs/{{job}}/move",
        move_job,
        "End a job's manual state.",
        JobState,
        body=EmptyBody,
        error_statuses=(409,),
    ),
)
