"""What is kept: the database file, and nothing that it cannot show anybody."""
