"""The doors: command line, nightly batch, run store, screen and exports."""
