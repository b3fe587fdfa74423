"""One module a format: a file -> Pages of text lines and Grids."""
