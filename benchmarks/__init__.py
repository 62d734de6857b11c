"""What is timed, against which peer, in one run: `make bench`."""
