"""Documents kept in memory, for tests that need no store."""

from eval.shelf import Kept, Shelf

__all__ = ["Kept", "Shelf"]
