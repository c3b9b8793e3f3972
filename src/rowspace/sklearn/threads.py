"""What scikit-learn's `n_jobs` means here."""

from __future__ import annotations

from rowspace.errors import SettingError
from rowspace.vocabulary.count import usable_cores


def threads_of(n_jobs: int | None) -> int:
    """Threads: None is one, -1 one a core, -2 one less; at most one a core. Raises SettingError."""
    cores = usable_cores()
    if n_jobs is None:
        return 1
    whole = isinstance(n_jobs, int) and not isinstance(n_jobs, bool) and n_jobs != 0
    SettingError.unless(whole, "n_jobs", n_jobs, "a whole number but 0, or None")
    return min(n_jobs, cores) if n_jobs > 0 else max(1, cores + 1 + n_jobs)
