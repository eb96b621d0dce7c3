"""The one bridge between the known and the unknown: hands out passes, knows how often and never which."""
