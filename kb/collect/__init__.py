"""Collecting: where kb meets Scrapy, and nowhere else."""
