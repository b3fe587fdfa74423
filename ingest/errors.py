"""What can go wrong with a file, each with what to do about it.

BudgetQAError
├── IngestError          a file cannot be read
│   ├── UnsupportedFileError   its content is of no format we read
│   ├── EncryptedFileError     it needs a password
│   ├── DamagedFileError       it is broken or cut short
│   ├── EmptyFileError         it holds no text and no table
│   └── FileTooLargeError      it is over a limit
└── StoreError           (index_store.errors)
"""

from __future__ import annotations


class BudgetQAError(Exception):
    """Base of every error that the project raises on purpose; its text is for people."""


class IngestError(BudgetQAError):
    """A file cannot be read; nothing of it is kept."""


class UnsupportedFileError(IngestError):
    """The content is of no format that we read."""


class EncryptedFileError(IngestError):
    """The file needs a password."""


class DamagedFileError(IngestError):
    """The file is broken or cut short."""


class EmptyFileError(IngestError):
    """The file holds no text and no table."""


class FileTooLargeError(IngestError):
    """The file is over a limit on bytes, pages or cells."""
