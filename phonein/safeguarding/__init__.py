"""Who looks after what worries us, when they look, and what has been settled beforehand."""
