"""Pages and JSON calls for visitors, and the organizer's pages of sessions and registrations."""
