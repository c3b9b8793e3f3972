"""What runs in a process of its own."""

from benchmarks.harness.contestants import Contestant

NESTED = Contestant("nested", "rowspace", "benchmarks.nested.runners.with_rowspace")
