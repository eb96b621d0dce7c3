"""The anonymous door. Nothing in here may import `identity` or `booking`: a house rule holds it."""
