"""Waiting lists of full sessions: rules of the line, joining and answering, offers and their end, mails."""
