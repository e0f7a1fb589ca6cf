"""The paper-work that a run is handed over with (to be filled)."""

GUIDELINES = ("ichm15", "asmevv40")
