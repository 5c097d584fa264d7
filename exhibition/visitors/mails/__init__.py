"""Mails to visitors: which are posted, to whom, how each is made, and the calendar entry that goes along."""
