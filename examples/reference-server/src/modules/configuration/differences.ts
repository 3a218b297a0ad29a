/** A place at which two values differ. */
export interface Difference {
  /** Dotted; empty for the whole value. */
  readonly path: string;
  /** Null: it was not there. */
  readonly from: unknown;
  readonly to: unknown;
}

/** Where two values of JSON differ, place by place. */
export function differences(from: unknown, to: unknown, path = ""): readonly Difference[] {
  if (isObject(from) && isObject(to)) {
    const names = [...new Set([...Object.keys(from), ...Object.keys(to)])].sort();
    return names.flatMap((name) => differences(from[name], to[name], path === "" ? name : `${path}.${name}`));
  }
  if (JSON.stringify(from) === JSON.stringify(to)) return [];
  return [{ path, from: from ?? null, to: to ?? null }];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
