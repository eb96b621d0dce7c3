"""Everything that leaves the building: letters, and the calendar invites inside them."""
