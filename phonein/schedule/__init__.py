"""When the phone-ins are, and who leads them."""
