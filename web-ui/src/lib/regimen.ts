/**
 * Regimens as rows that can be dragged, and as the sentences that the command line takes. Only the forms that the rows can
 * hold are read here; any other sentence stays text, and the server alone judges it.
 */

export type Unit = "mg" | "mg/kg";
export type Rhythm = "days" | "daily" | "weekly" | "twice weekly";

export interface Row {
  readonly drug: string;
  readonly amount: number;
  readonly unit: Unit;
  readonly route: string;
  readonly minutes: number | null;
  readonly rhythm: Rhythm;
  /** Study days of the doses, 1 for the first; the first day alone with a rhythm. */
  readonly days: readonly number[];
  readonly weeks: number;
  readonly hour: number;
}

const SENTENCE =
  /^(?<drug>[a-z()-]+) (?<amount>\d+(?:\.\d+)?) ?(?<unit>mg\/kg|mg)(?: (?<route>nasal|iv|oral|im|sc|sl|sublingual|rectal))?(?: over (?<over>\d+(?:\.\d+)?) (?<overUnit>min|h))? (?:on days? (?<days>[\d ]+?)|(?<rhythm>daily|weekly|twice weekly)(?: for (?<length>\d+) (?<lengthUnit>days?|weeks?))?(?: from day (?<from>\d+))?)(?: at (?<hour>\d+(?:\.\d+)?) h)?$/;

/** The rows of a sentence; null where it says what rows cannot hold. */
export function rowsOf(sentence: string): Row[] | null {
  const plain = sentence.trim().toLowerCase().replace(/\s+/g, " ");
  if (plain === "" || plain === "none") return [];
  const rows: Row[] = [];
  for (const part of plain.split(";").map((each) => each.trim()).filter((each) => each !== "")) {
    const said = SENTENCE.exec(part)?.groups;
    if (!said) return null;
    const rhythm = (said["rhythm"] ?? "days") as Rhythm;
    const length = Number(said["length"] ?? 4) / (said["lengthUnit"]?.startsWith("day") ? 7 : 1);
    if (rhythm !== "days" && said["length"] === undefined) return null;
    const days = rhythm === "days" ? said["days"]!.trim().split(" ").map(Number) : [Number(said["from"] ?? 1)];
    if (days.includes(0)) return null;
    rows.push({
      drug: said["drug"]!,
      amount: Number(said["amount"]),
      unit: said["unit"] as Unit,
      route: said["route"] ?? "",
      minutes: said["over"] === undefined ? null : Number(said["over"]) * (said["overUnit"] === "h" ? 60 : 1),
      rhythm,
      days: [...new Set(days)].sort((one, other) => one - other),
      weeks: length,
      hour: Number(said["hour"] ?? 0),
    });
  }
  return rows;
}

/** The sentence of rows; rows without a day say nothing. */
export function sentenceOf(rows: readonly Row[]): string {
  const said = rows.filter((row) => row.days.length > 0).map(clauseOf);
  return said.length === 0 ? "none" : said.join("; ");
}

/** All study days on which a row gives a dose, up to a day. */
export function doseDays(row: Row, last: number): number[] {
  if (row.rhythm === "days") return row.days.filter((day) => day <= last);
  const first = row.days[0] ?? 1;
  const end = Math.min(last, first + Math.round(7 * row.weeks) - 1);
  const steps = { daily: [0, 1, 2, 3, 4, 5, 6], weekly: [0], "twice weekly": [0, 3] }[row.rhythm];
  const days: number[] = [];
  for (let week = first; week <= end; week += 7) for (const step of steps) if (week + step <= end) days.push(week + step);
  return days;
}

function clauseOf(row: Row): string {
  const parts = [row.drug, `${row.amount} ${row.unit}`];
  if (row.route !== "") parts.push(row.route);
  if (row.minutes !== null) parts.push(`over ${row.minutes} min`);
  if (row.rhythm === "days") parts.push(`on ${row.days.length === 1 ? "day" : "days"} ${row.days.join(" ")}`);
  else {
    const length = Math.round(7 * row.weeks);
    parts.push(row.rhythm, length % 7 === 0 ? `for ${length / 7} weeks` : `for ${length} days`);
    if ((row.days[0] ?? 1) !== 1) parts.push(`from day ${row.days[0]}`);
  }
  if (row.hour !== 0) parts.push(`at ${row.hour} h`);
  return parts.join(" ");
}
