"""What is counted, for Prometheus: `/metrics` of every process."""

from __future__ import annotations

from prometheus_client import Counter, Histogram

TURNS = Counter("factory_turns_total", "Events that became a stored turn", ["platform", "kind"])
UPLOADS = Counter("factory_uploads_total", "Pictures offered, by outcome (accepted or the refusal's code)", ["outcome"])
JOBS = Counter("factory_jobs_total", "Jobs that ended in this process", ["kind", "status"])
JOB_SECONDS = Histogram(
    "factory_job_seconds",
    "Seconds from claim to end of a job",
    ["kind"],
    buckets=(0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300),
)
CREDITS = Counter("factory_credits_captured_total", "Credits kept for delivered work")
MODEL_FAULTS = Counter("factory_model_faults_total", "Calls of a model that came to nothing", ["model", "reason"])
COST_DEVIATIONS = Counter(
    "factory_cost_deviations_total", "Pictures that cost us more or less than their model is listed at", ["model"]
)
DELIVERIES = Counter("factory_deliveries_total", "Views handed to a platform, by outcome", ["platform", "outcome"])
