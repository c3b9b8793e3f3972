"""Ctrl-C as a terminal has it: a shell that starts the tests in the background has it ignored."""

import signal

signal.signal(signal.SIGINT, signal.default_int_handler)
