"""The same work, on a clock: the second door into the hall."""
