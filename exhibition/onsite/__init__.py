"""One laptop at the venue: everything it serves by one command, and the certificate that phones trust."""
