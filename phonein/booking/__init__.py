"""A person's seat in a phone-in."""
