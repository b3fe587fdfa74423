"""The rules of the audit: ``parts`` is what all share, ``tables`` and ``prose`` are the two sides."""
