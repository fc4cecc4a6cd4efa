"""Lessons that are no module's: the first session, and the whole course as one story."""
