import { randomUUID } from "node:crypto";

/** Opaque public ids: request ids, trace ids, lease owners. Primary keys come from the database. */
export interface Ids {
  /** A new id, unique for ever, of `[0-9a-zA-Z-]`, at most 40 characters. */
  next(): string;
}

/** Random UUIDs. */
export const systemIds: Ids = { next: () => randomUUID() };
