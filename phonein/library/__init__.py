"""“You asked, we answered”: what was published, for everybody who is signed in to search, read and print; and what
became of what was asked. It knows only what is read aloud, and never an original."""
