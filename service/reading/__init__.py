"""What a run says, joined for people who look at it: tables with names beside ids, and the story of one return."""
