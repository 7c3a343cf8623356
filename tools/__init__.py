"""Programs that make documents from code; a test compares each result."""
