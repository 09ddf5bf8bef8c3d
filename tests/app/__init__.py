"""The factory as it is run: processes that start, stop and are killed."""
