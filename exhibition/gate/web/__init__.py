"""The gate over HTTP: the scanner's page, the gates' pages at the desk, and the JSON calls of devices."""
