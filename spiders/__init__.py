"""Spiders, one a shape of site. They collect; they do not clean, judge or save."""
