import type { Environment } from "../config/environment.js";

/** Where a command reads and writes; nothing in a command touches the process itself. */
export interface CliIo {
  /** The answer and nothing else. */
  readonly stdout: CliOutput;
  /** Progress, notes and faults. */
  readonly stderr: CliOutput;
  /** What `-` reads. @default there is none */
  readonly stdin?: AsyncIterable<Uint8Array>;
  readonly env: Environment;
  /** Aborted by Ctrl-C: the command ends after the piece of work at hand. */
  readonly signal: AbortSignal;
}

/** A stream, and whether somebody watches it. */
export type CliOutput = NodeJS.WritableStream & { readonly isTTY?: boolean };

/** One of two texts, by the language asked for. */
export type Say = (zh: string, en: string) => string;
