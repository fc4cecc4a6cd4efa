"""The command line, `ecomlab`: each command in a file of its own kind; `main` puts them together."""
