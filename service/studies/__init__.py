"""Studies as people and machines get them: carried out, stored, told, reported."""
