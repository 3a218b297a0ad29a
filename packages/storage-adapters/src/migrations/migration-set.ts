import { createHash } from "node:crypto";

/** The engines that migration sets are written for. */
export type MigrationDialect = "sqlite" | "postgres" | "mysql" | "mariadb";

/** One change of the schema; never edited once it has been applied anywhere. */
export interface MigrationStep {
  /** Short, for people: `create-rules`. At most 200 characters. */
  readonly name: string;
  /**
   * One statement per text, or a function that gives them for an engine.
   *
   * MySQL and MariaDB cannot undo a schema change: there, a step that was interrupted is begun anew, and a table, column,
   * index or row that it finds made is taken as its own. Statements are written so that running them again is right.
   */
  readonly sql: readonly string[] | ((dialect: MigrationDialect) => readonly string[]);
  /**
   * The oldest code that can work with the schema after this step, as the number of steps which that code knows.
   *
   * Additions that older code does not notice name an earlier step.
   *
   * @default the number of this step: older code is refused
   */
  readonly minReader?: number;
}

/** The steps of one owner, in order; new steps are added at the end. */
export interface MigrationSet {
  /** Unique, stable, at most 100 characters; recorded with each step. */
  readonly id: string;
  readonly steps: readonly MigrationStep[];
}

/** A step with everything that applying and recording it takes. */
export interface NumberedStep {
  readonly setId: string;
  /** Place in its set, from 1. */
  readonly step: number;
  readonly name: string;
  readonly minReader: number;
  readonly statements: readonly string[];
  /** SHA-256 over name and statements, 64 hex digits. */
  readonly checksum: string;
}

/** All steps of all sets for one engine, in the order in which they are applied. */
export function numberedSteps(sets: readonly MigrationSet[], dialect: MigrationDialect): NumberedStep[] {
  return sets.flatMap(({ id: setId, steps }) =>
    steps.map(({ name, sql, minReader }, index) => {
      const statements = typeof sql === "function" ? sql(dialect) : sql;
      const checksum = createHash("sha256")
        .update(JSON.stringify([name, statements]))
        .digest("hex");
      return { setId, step: index + 1, name, minReader: minReader ?? index + 1, statements, checksum };
    }),
  );
}
