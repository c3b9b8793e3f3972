"""What holds for every test, on any machine: signals as a terminal has them, examples unhurried."""

import os
import signal

from hypothesis import HealthCheck, settings

# Threads of PyTorch that wait for each other leave the core to whoever has work.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

# A shell that starts the tests in the background has Ctrl-C ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)

# The first example compiles, and a busy machine is slow: neither is a fault.
settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")
