"""What can be exchanged in the model so that a claim is lost: a mechanism, a size, a wiring, a label."""

from __future__ import annotations

from enum import Enum


class Exchange(Enum):
    """One link of the model, exchanged; the value completes the sentence "the claim would be lost if ..."."""

    NOTHING = "nothing is exchanged"
    NO_EFFECT = "connections and serotonin did nothing to mood"
    NO_DRUG = "the drug bound to nothing"
    SIGNS = "glutamate and GABA changed places"
    NO_MODULATION = "modulators left the circuit as it is"
    SMALL_ONLY = "peptides were not counted"
    NINE_ITEMS = "one item were left out of the total"
    EQUAL_PEOPLE = "people were all alike"
    SEROTONIN_ONLY = "serotonin itself lifted mood, without connections"
    PLASTICITY_ONLY = "tablets worked by slow connections alone"
    NO_GATE = "connections did nothing for what is learned"
    EVERYBODY_STOPS = "tablets did nothing against relapse"
    NO_DISSOCIATION = "nothing of the dissociative effect were felt"
    SAME_WIRING = "signals took the same receptors up and back"
    OPIOID = "an opioid were given beside it"
    OTHER_LABEL = "another label were asked"
