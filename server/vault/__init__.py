"""How what is kept is sealed, and how its keys are kept and destroyed."""
