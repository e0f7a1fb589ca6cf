"""What the seven statements of the article are about, in our words."""

from __future__ import annotations

STATEMENTS = {
    1: "Nerve cells signal electrically, synapses chemically; glutamate excites, GABA inhibits, others modulate",
    2: "Drugs mimic, strengthen or suppress transmitters",
    3: "Depression is seen in behaviour, differs between people, and serotonin explains a part",
    4: "SSRIs need weeks to months, wear off when stopped, and fail about a third",
    5: "Ketamine works through glutamate within hours and for weeks, and helps those whom SSRIs failed",
    6: "At high doses it parts the upper from the lower brain, while heart and lungs go on",
    7: "What can go wrong, what the label therefore asks, and what watching it teaches",
}
