"""Charts: figures over time, or against each other, as inline SVG."""

from labkit.views.chart.chart import Chart
from labkit.views.chart.series import Plot, Series

__all__ = ["Chart", "Plot", "Series"]
