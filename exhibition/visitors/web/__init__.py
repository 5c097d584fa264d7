"""Pages and JSON calls for visitors, and the organizer's pages about sessions and registrations."""
