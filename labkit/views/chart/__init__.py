"""Charts: figures over time, or against each other, as inline SVG."""

from labkit.views.chart.chart import Chart, Plot, Series

__all__ = ["Chart", "Plot", "Series"]
