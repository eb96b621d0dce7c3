"""The demonstration programme: every page with something true to life on it."""
