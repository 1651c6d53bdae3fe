"""The pages of the app, a file each, and the pieces they share. Pages read widgets, call one function and draw."""
