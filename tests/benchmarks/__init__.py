"""Measured by hand, side by side in one run: ratios, since machines are noisy."""
