"""What every benchmark measures with: a process per case watched from outside, its journal, records, and the page."""
