"""How a connection ended: who noticed, what each side saw, and the rows that prove it."""

from labkit.endings.explanation import Explanation, explain_ending

__all__ = ["Explanation", "explain_ending"]
