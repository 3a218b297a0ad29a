import type { RetainedKind } from "../ports/retention-store.js";

/** Days for which rows are kept, by kind; 1 … 36500. */
export type Retention = Readonly<Record<RetainedKind, number>>;

/** Readers of the change feed have a week; what happened to a message can be told for half a year, links for half a year after they are over, traces for a week and messages for half a year. */
export const DEFAULT_RETENTION: Retention = {
  changes: 7,
  transitions: 180,
  alarms: 180,
  links: 180,
  traces: 7,
  messages: 180,
};

/** What one pass removed. */
export interface Retained extends Readonly<Record<RetainedKind, number>> {
  /** Answers kept for requests that might be repeated. */
  readonly answers: number;
  /** Addresses of people who asked to be erased. */
  readonly addresses: number;
}
