/** The colour of a verdict; the word always stands with it. */

const TONES: Readonly<Record<string, string>> = { lost: "bad", part: "unsure", undecided: "unsure", held: "good" };

/** The tag's class. */
export function verdictTone(verdict: string): string {
  return TONES[verdict.toLowerCase()] ?? "plain";
}
