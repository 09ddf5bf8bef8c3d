"""Failpoints: named places where a test may kill this process, to prove that nothing is lost there.

`FACTORY_FAILPOINT=worker.after_paint` kills the process with SIGKILL the first time that point is reached.
"""

from __future__ import annotations

import os
import signal

_ARMED = os.environ.get("FACTORY_FAILPOINT", "")


def reach(name: str) -> None:
    """Die here if the environment says so; otherwise cost nothing."""
    if _ARMED and name == _ARMED:
        os.kill(os.getpid(), signal.SIGKILL)
