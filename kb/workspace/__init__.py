"""A home opened: its store, declarations, index and clock, who acts, and snapshots of it."""
