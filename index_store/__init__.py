"""Documents kept and found. Importing this loads neither Chroma nor a model."""

from index_store.errors import EmbedderError, StoreError, StoreOwnedError, UnknownDocumentError
from index_store.store import PassageHit, RowHit, Store, StoredDocument

__all__ = [
    "EmbedderError",
    "PassageHit",
    "RowHit",
    "Store",
    "StoreError",
    "StoreOwnedError",
    "StoredDocument",
    "UnknownDocumentError",
]
