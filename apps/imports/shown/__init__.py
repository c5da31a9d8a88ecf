"""What is read of an import, whoever reads it: the pages, the command, the API."""
