"""The gate towards people and devices: the scanner's page, the gates' desk, and the JSON calls of devices."""
