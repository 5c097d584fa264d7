"""The line in front of registration: when more ask for passes at once than can be written, each waits in turn."""
