/** A configuration that others keep, and that ours follows. */
export interface ConfigSource {
  /** Stands in the history as who changed a value. */
  readonly name: string;
  /**
   * Everything that it has, by key: values of JSON.
   *
   * @returns undefined: it has nothing, so that nothing of ours changes
   * @throws when it cannot be read
   */
  load(signal: AbortSignal): Promise<Readonly<Record<string, unknown>> | undefined>;
}
