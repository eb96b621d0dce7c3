"""Calendars that programs come and read at a private address: what is in them, and each person's choice."""
