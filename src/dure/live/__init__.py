"""Live commerce: a show, its cue sheet, what it sells at which price, what it must disclose, and what was said."""
