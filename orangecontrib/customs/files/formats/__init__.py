"""A module for each format of file: what it holds → a table of texts."""
