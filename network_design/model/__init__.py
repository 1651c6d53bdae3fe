"""The design model as arrays: sets, variables, one block of the objective per ledger line, one function per family of
constraints."""
