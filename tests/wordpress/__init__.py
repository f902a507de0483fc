"""A real WordPress to crawl: `python -m tests.wordpress`."""
