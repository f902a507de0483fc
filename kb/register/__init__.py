"""The register: what initiatives are. Imports, edits, merges, erasure."""
