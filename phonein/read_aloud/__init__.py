"""What is read aloud: each question in the facilitators' words, its place in the hour, its answer. It outlives the
originals, and everything but the desk knows only this."""
