"""How often one address may call: a venue's Wi-Fi and an operator's gateway put hundreds of families behind one."""

REGISTRATION_LIMIT = "120/minute;600/hour"
MAIL_LIMIT = "3/10minutes;10/day"
"""For one pass."""
CHANGE_LIMIT = "10/minute;60/hour"
"""For one pass: changes of its party or contact."""
