"""A file in, a whole Document out."""
