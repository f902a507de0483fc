"""The declarations: what staff write in TOML and JSONL, checked before it is believed.

A room of its own because every room above reads them.
"""
