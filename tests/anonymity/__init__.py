"""Who asked? An attacker who holds everything that is ever written down, and what he makes of it.

`people` draws a population by lot and by seed; `worlds` lets it live in the real product, and in others that are broken
on purpose; `evidence` is what can be read off the machine afterwards; `attack` guesses, and says how often by chance.
"""
