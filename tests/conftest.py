"""Shared by all tests: this folder is on the path, so that `judges` can be imported anywhere below it."""
