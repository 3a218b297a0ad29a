/** A route as far as the router knows it. */
interface Addressed {
  readonly method: string;
  readonly path: string;
}

/** What stands at a path. */
export interface Found<R> {
  /** By method in lower case. */
  readonly methods: ReadonlyMap<string, R>;
  /** Segments of the path by their names, as they came: still encoded. */
  readonly params: Readonly<Record<string, string>>;
}

interface Pattern<R> {
  readonly segments: readonly string[];
  readonly methods: Map<string, R>;
}

/** Finds what stands at a path. Letters compare without case, and one slash at the end does not count. */
export type Router<R> = (path: string) => Found<R> | undefined;

const NO_PARAMS = {};

/** Makes a router: fixed paths in one look-up, patterns segment by segment. */
export function router<R extends Addressed>(routes: readonly R[]): Router<R> {
  const fixed = new Map<string, Map<string, R>>();
  const patterns: Pattern<R>[] = [];
  for (const route of routes) {
    const key = route.path.toLowerCase();
    const known = key.includes("/:") ? patterns.find(({ segments }) => segments.join("/") === key) : undefined;
    const methods = known?.methods ?? fixed.get(key) ?? new Map<string, R>();
    methods.set(route.method, route);
    if (!key.includes("/:")) fixed.set(key, methods);
    else if (!known) patterns.push({ segments: key.split("/"), methods });
  }
  // Where two patterns fit, the one whose earlier segments are fixed is meant, in whatever order they were given.
  patterns.sort((a, b) => shapeOf(a.segments).localeCompare(shapeOf(b.segments)));
  return (path) => {
    const bare = path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
    const methods = fixed.get(bare) ?? fixed.get(bare.toLowerCase());
    if (methods) return { methods, params: NO_PARAMS };
    const parts = bare.split("/");
    for (const pattern of patterns) {
      if (fits(pattern.segments, parts)) return { methods: pattern.methods, params: paramsOf(pattern, parts) };
    }
    return undefined;
  };
}

/** One digit a segment, so that fixed ones come first: 0 fixed, 1 named. */
function shapeOf(segments: readonly string[]): string {
  return segments.map((segment) => (segment.startsWith(":") ? "1" : "0")).join("");
}

function fits(segments: readonly string[], parts: readonly string[]): boolean {
  return (
    segments.length === parts.length &&
    segments.every((segment, at) => (segment.startsWith(":") ? parts[at] !== "" : segment === parts[at]?.toLowerCase()))
  );
}

function paramsOf<R extends Addressed>(
  { segments, methods }: Pattern<R>,
  parts: readonly string[],
): Readonly<Record<string, string>> {
  // Names as a route declares them: the pattern's own are in lower case.
  const declared = [...methods.values()][0]?.path.split("/") ?? [];
  return Object.fromEntries(
    segments.flatMap((segment, at) =>
      segment.startsWith(":") ? [[declared[at]?.slice(1) ?? "", parts[at] ?? ""] as const] : [],
    ),
  );
}
