"""Generated budgets and final accounts with known truth.

``model`` says what a generated document is, ``generate`` makes one from a seed, and a writer for each
format (``pdf``, …) typesets it. What is read back can be compared with the truth, cell by cell.
"""
