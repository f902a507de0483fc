"""Reports: takes rows, writes files."""
