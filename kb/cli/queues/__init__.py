"""What waits for a person, one file a queue; all are walked in one way and by the same keys."""
