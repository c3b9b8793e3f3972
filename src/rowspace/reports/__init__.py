"""A report on a model: data, curves, scores, neighbours, a map and warnings, in one page that needs
nothing else.

    model and record → content (data) → findings → page
"""

from rowspace.reports.report import Report, report

__all__ = ["Report", "report"]
