"""Screening: what is offered to a person, and in which order."""
