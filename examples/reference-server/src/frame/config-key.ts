import type * as z from "zod";

/** A part of the configuration that changes while the server runs: declared by the module that obeys it. */
export interface ConfigKey<T = unknown> {
  /** `a-z`, `0-9` and `_`; at most 64 characters; unique. */
  readonly name: string;
  /** For people, Chinese first. */
  readonly title: string;
  /** What a value may be; a value that was stored before is read through it too. */
  readonly schema: z.ZodType<T>;
  /** What holds while nothing is stored. */
  readonly defaultValue: T;
  /** The value is sealed where it is kept, and never shown. @default false */
  readonly isSecret?: boolean;
}

/** The configuration that is in force in this process. */
export interface HotConfig {
  /** The value in force. A stored one that its schema no longer takes counts as none. */
  get<T>(key: ConfigKey<T>): T;
  /** Calls back after a value has changed. @returns ends it */
  watch(key: ConfigKey, onChange: () => void): () => void;
}

/** Declares a key. */
export function configKey<T>(key: ConfigKey<T>): ConfigKey<T> {
  return key;
}
