/** What the page of the circuit shows, and its questions. */

import { post } from "../../api/client";
import type { Circuit, Raster, Synapse } from "../../api/types";
import { decimal, type Fields, text, whole } from "../../lib/url";

export interface CircuitState {
  level: number;
  change: string;
  cells: number;
  ms: number;
  seed: number;
  receptor: string;
  way: string;
  dose: number;
}

export const FIELDS: Fields<CircuitState> = {
  level: decimal(0.5, 0, 100),
  change: text("", 60),
  cells: whole(300, 50, 1000),
  ms: whole(500, 50, 1000),
  seed: whole(1, 0, Number.MAX_SAFE_INTEGER),
  receptor: text("AMPA", 40),
  way: text("competitive antagonist", 40),
  dose: decimal(1, 0, 1000),
};

/** Levels along which rates are drawn, uM. */
export const GRID_UM: readonly number[] = [0.03, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5, 7, 10, 15, 20, 30];

const changes = (state: CircuitState): string[] => (state.change.trim() === "" ? [] : state.change.split(",").map((each) => each.trim()));

/** The questions of a state: at the chosen level, over all levels, the spikes, the single synapse. */
export const questions = {
  here: (state: CircuitState) => ({ levels: state.level === 0 ? [0] : [0, state.level], changes: changes(state), spectrum: true }),
  over: (state: CircuitState) => ({ levels: [...GRID_UM], changes: changes(state), spectrum: false }),
  raster: (state: CircuitState) => ({ level: state.level, changes: changes(state), cells: state.cells, ms: state.ms, seed: state.seed }),
  synapse: (state: CircuitState) => ({ receptor: state.receptor, way: state.way, level: state.dose }),
};

export const askCircuit = (asked: object, signal: AbortSignal): Promise<Circuit> => post("/circuit", asked, signal);
export const askRaster = (asked: object, signal: AbortSignal): Promise<Raster> => post("/circuit/raster", asked, signal);
export const askSynapse = (asked: object, signal: AbortSignal): Promise<Synapse> => post("/synapse", asked, signal);
