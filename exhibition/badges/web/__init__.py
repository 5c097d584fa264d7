"""Badges as pages: at the exhibitor's desk, at the organizer's, on paper and on a phone."""
