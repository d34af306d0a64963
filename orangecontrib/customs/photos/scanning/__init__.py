"""The photos of a folder, a zip or a CSV, found and measured."""
