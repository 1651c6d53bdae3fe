"""Tonight: where each return goes, what is emptied and who drives where."""
