"""Badges of the exhibitors' staff: signed like passes, valid while the exhibitor's booth is confirmed."""
