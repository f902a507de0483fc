"""Assessing: initiatives against the strands of the offer."""
