/** The article's seven statements as short experiments: each sets the state of another page and says what to look at. */

import { FIELDS as CIRCUIT, type CircuitState } from "../circuit/state";
import { FIELDS as DOSE, type DoseState } from "../dose/state";
import { FIELDS as TRIAL, type TrialState } from "../trial/state";
import { type Fields, writeState } from "../../lib/url";

export interface Experiment {
  readonly question: string;
  readonly link: string;
  readonly look: string;
}

export interface Lesson {
  readonly number: number;
  readonly statement: string;
  readonly about: string;
  readonly experiments: readonly Experiment[];
  readonly caution: string;
}

const SIX = "ketamine 0.5 mg/kg iv over 40 min on days 1 4 8 11 15 18";
const ONCE = "ketamine 0.5 mg/kg iv over 40 min on day 1";

export const LESSONS: readonly Lesson[] = [
  {
    number: 1,
    statement: "Nerve cells speak electrically, synapses chemically",
    about: "A spike opens the terminal, transmitter crosses the cleft, and the next cell is excited by glutamate, held back by GABA, or tuned by others.",
    experiments: [
      {
        question: "How does one spike become a potential in the next cell?",
        link: circuit({ receptor: "AMPA", way: "competitive antagonist", dose: 0 }),
        look: "Follow the charts of one synapse from the cleft to the potential. With no drug both lines lie on each other.",
      },
      {
        question: "What does the whole circuit do at rest?",
        link: circuit({ level: 0 }),
        look: "Pyramidal cells fire a few times a second; interneurons faster, and they hold the others back.",
      },
    ],
    caution: "The circuit is a caricature of a patch of cortex: three kinds of cells, mean rates fitted.",
  },
  {
    number: 2,
    statement: "Drugs mimic, strengthen or suppress transmitters",
    about: "The same receptor can be opened by a drug, made more willing, blocked at its site, or plugged in its channel.",
    experiments: [
      {
        question: "What does a positive modulator do that an agonist does not?",
        link: circuit({ receptor: "GABA-A", way: "positive modulator", dose: 1 }),
        look: "It moves nothing while no spike comes. Now choose “agonist”: the resting potential itself moves.",
      },
      {
        question: "How much of the serotonin transporter does a usual tablet occupy?",
        link: dose({ a: "escitalopram 10 mg daily for 4 weeks", people: 100 }),
        look: "Occupancy is high within days. Drag the dose: doubling it adds little.",
      },
    ],
    caution: "The example drugs of the single synapse are textbook ones, none in particular.",
  },
  {
    number: 3,
    statement: "Depression differs between people, and serotonin explains a part",
    about: "In simulated people depression is seen through ten rated items, and what serotonin is worth differs from one to the next.",
    experiments: [
      {
        question: "How far do people differ on the same treatment?",
        link: dose({ people: 1000 }),
        look: "Compare the width of the bands of MADRS with the fall of the median.",
      },
      {
        question: "What happens when serotonin is all that counts?",
        link: dose({ a: "escitalopram 10 mg daily for 8 weeks", weeks: 8, account: "serotonin only" }),
        look: "Open “Who they are” and change the account. The course of the tablet hardly tells accounts apart.",
      },
    ],
    caution: "How responses to serotonin and to glutamate go together in one person, no published row says.",
  },
  {
    number: 4,
    statement: "SSRIs need weeks, wear off when stopped, and fail about a third",
    about: "A part of the effect comes early, the rest over weeks; much of the fall in a trial is care and time, not the tablet.",
    experiments: [
      {
        question: "How much more than a pill without a drug?",
        link: dose({ a: "sertraline 100 mg daily for 8 weeks", b: "placebo 0 mg oral daily for 8 weeks", weeks: 8 }),
        look: "The distance between A and B is the tablet. Read it at week 1 and at week 6.",
      },
      {
        question: "What is left after stopping?",
        link: dose({ a: "escitalopram 20 mg daily for 12 weeks", b: "escitalopram 20 mg daily for 6 weeks", weeks: 12, people: 100 }),
        look: "Occupancy falls within days, mood follows over two weeks or so. Relapse belongs to another layer: see the claims.",
      },
    ],
    caution: "Fitted: the size on mood, to differences from pill placebo. Assumed: how fast autoreceptors adapt.",
  },
  {
    number: 5,
    statement: "Ketamine works within hours, through glutamate",
    about: "Block on interneurons, a surge of glutamate, BDNF, new connections, mood: follow it link by link.",
    experiments: [
      {
        question: "What comes first?",
        link: dose({ a: ONCE, weeks: 1, people: 1, view: "day", more: true }),
        look: "Move the reader through the first day: block and surge are over before spines and mood have moved.",
      },
      {
        question: "Does one dose last?",
        link: dose({ a: SIX, b: ONCE, weeks: 8, people: 200 }),
        look: "Trials still count 40 % responders on day 7 after one infusion. How much is left of B here? The claims say what the model misses.",
      },
      {
        question: "What does therapy add to it?",
        link: dose({ a: SIX, b: SIX, tb: "weekly for 10 weeks", weeks: 10, people: 200 }),
        look: "B has ten sessions beside it. How the two combine is wholly assumed.",
      },
      {
        question: "Would a trial see it?",
        link: trial({ id: "transform-2", replicates: 60 }),
        look: "Conduct TRANSFORM-2. See how wide the interval of one trial of that size is, and which published values lie outside.",
      },
    ],
    caution: "Nearly every rate between the surge and spines is assumed; the sizes on mood are fitted.",
  },
  {
    number: 6,
    statement: "At high doses it parts the upper from the lower brain",
    about: "From a fifth of the antidepressant dose up to anaesthesia, signals on their way back fail before those on their way up.",
    experiments: [
      {
        question: "What does the circuit do at ten times the level?",
        link: circuit({ level: 5 }),
        look: "Drag the level up: the surge has its largest value somewhere in between, and falls beyond it.",
      },
      {
        question: "How do dissociation and pressure grow with the dose?",
        link: dose({ a: "ketamine 2 mg/kg iv over 40 min on day 1", b: ONCE, weeks: 1, view: "hours", people: 100, more: true }),
        look: "Dissociation levels off where people can no longer be asked. Pressure rises; breathing goes on.",
      },
    ],
    caution: "Pressure was fitted far below these doses, and the step to unresponsiveness is assumed.",
  },
  {
    number: 7,
    statement: "What can go wrong, and what the label asks for it",
    about: "Dissociation, sedation and pressure come and go within a visit, which is why people are watched for two hours.",
    experiments: [
      {
        question: "Is two hours enough?",
        link: dose({ a: "esketamine 84 mg nasal on day 1", b: "esketamine 56 mg nasal on day 1", weeks: 1, view: "hours", more: true }),
        look: "Read dissociation, sedation and pressure at 1.5 and 2 hours. Look at the upper band, not only at the median.",
      },
      {
        question: "Who liked the drug, and how much?",
        link: dose({ a: "esketamine 84 mg nasal twice weekly for 4 weeks", weeks: 4, people: 1, more: true, view: "week" }),
        look: "Drug liking follows the effect site. The risk of addiction in a population is not modelled.",
      },
    ],
    caution: "Nothing here replaces the label or a doctor.",
  },
];

function dose(given: Partial<DoseState>): string {
  return `/dose${writeState(DOSE, { ...initial(DOSE), ...given })}`;
}

function circuit(given: Partial<CircuitState>): string {
  return `/circuit${writeState(CIRCUIT, { ...initial(CIRCUIT), ...given })}`;
}

function trial(given: Partial<TrialState>): string {
  return `/trial${writeState(TRIAL, { ...initial(TRIAL), ...given })}`;
}

function initial<S extends object>(fields: Fields<S>): S {
  return Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, (field as { initial: unknown }).initial])) as S;
}
