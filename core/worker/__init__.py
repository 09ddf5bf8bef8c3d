"""The worker: task name to service call, and the clock that only enqueues."""
