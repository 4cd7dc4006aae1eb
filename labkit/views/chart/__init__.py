"""Charts: figures over time, or against each other, as inline SVG."""

from labkit.views.chart.bar import Bar, BarPlot
from labkit.views.chart.bar_chart import BarChart
from labkit.views.chart.chart import Chart
from labkit.views.chart.series import Plot, Series

__all__ = ["Bar", "BarChart", "BarPlot", "Chart", "Plot", "Series"]
