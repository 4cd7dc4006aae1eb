"""The court's verdicts, as a table, with their figures and charts; and its progress."""
