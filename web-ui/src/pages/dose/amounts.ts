/** Where a slider of doses starts, ends and stops on its way; starting values are those of the trials and of common use. */

import type { Drug, RouteLimit } from "../../api/types";
import type { Row, Unit } from "../../lib/regimen";

const USUAL_MG: Readonly<Record<string, number>> = {
  citalopram: 20,
  duloxetine: 60,
  escitalopram: 10,
  fluoxetine: 20,
  mirtazapine: 30,
  paroxetine: 20,
  sertraline: 100,
  venlafaxine: 150,
};
const ORAL = "oral antidepressant";

/** A first row for a drug. */
export function startingRow(drug: Drug): Row {
  const rest = { drug: drug.name, hour: 0 };
  if (drug.kind === ORAL) {
    return { ...rest, amount: USUAL_MG[drug.name] ?? 20, unit: "mg", route: "oral", minutes: null, rhythm: "daily", days: [1], weeks: 4 };
  }
  const days = { rhythm: "days", days: [1, 4, 8, 11, 15, 18, 22, 25], weeks: 4 } as const;
  if (drug.device_mg !== null) {
    return { ...rest, ...days, amount: drug.device_mg * drug.devices, unit: "mg", route: "nasal", minutes: null };
  }
  if (drug.kind === "placebo") return { ...rest, ...days, amount: 0, unit: "mg", route: "nasal", minutes: null };
  const route = drug.routes.find((each) => each.route === "iv") ?? drug.routes[0];
  return {
    ...rest,
    ...days,
    amount: drug.kind === "active placebo" ? 0.045 : 0.5,
    unit: route?.max_mg_per_kg ? "mg/kg" : "mg",
    route: route?.route ?? "",
    minutes: route?.route === "iv" ? 40 : null,
  };
}

/** Lowest, highest and step of an amount. */
export function amountRange(drug: Drug | undefined, route: string, unit: Unit): { low: number; high: number; step: number } {
  const limit: RouteLimit | undefined = drug?.routes.find((each) => each.route === route) ?? drug?.routes[0];
  if (drug && drug.device_mg !== null && route === "nasal") return { low: drug.device_mg, high: drug.device_mg * drug.devices, step: drug.device_mg };
  const high = (unit === "mg/kg" ? limit?.max_mg_per_kg : limit?.max_mg) ?? 100;
  const step = high <= 1 ? 0.005 : high <= 20 ? 0.05 : high <= 150 ? 1 : 5;
  return { low: drug?.kind === "placebo" ? 0 : step, high, step };
}

/** An amount moved into what its drug, route and unit allow. */
export function fitting(row: Row, drug: Drug | undefined): Row {
  const { low, high } = amountRange(drug, row.route, row.unit);
  return { ...row, amount: Math.min(high, Math.max(low, row.amount)) };
}
