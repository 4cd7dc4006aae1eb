"""What labkit costs, as ratios measured in one run: `python -m benchmarks`.

Each measured pair runs in two processes of their own that take turns, so that whatever else the
machine does hits both. The median of the ratios is the result; the absolute figures only give the
scale, and mean nothing on another machine. Nothing here is part of the tests.
"""
