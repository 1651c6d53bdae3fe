"""The surrogate of routes: what a design is charged for what tours collect, and how routes correct it."""
