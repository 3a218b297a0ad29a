/** The calls of a part of the kit by name: `walk` gives an async iterable, `call` a promise, an object is a part of its own. */
export type CallsOf<K> = {
  readonly [N in keyof K]-?: K[N] extends (...given: never[]) => AsyncIterable<unknown>
    ? "walk"
    : K[N] extends (...given: never[]) => unknown
      ? "call"
      : CallsOf<K[N]>;
};

/**
 * A part of the kit whose code is loaded with the first call of it, so that a program that only asks for one thing starts
 * with the code of that.
 */
export function loadedLater<K extends object>(calls: CallsOf<K>, load: () => Promise<K>): K {
  let loading: Promise<K> | undefined;
  const loaded = () => {
    loading ??= load();
    return loading;
  };
  const one = ([name, kind]: [string, unknown]) => [name, standIn(name, kind, loaded)] as const;
  // The names and what stands for each are those of the part.
  return Object.fromEntries(Object.entries(calls).map(one)) as K;
}

function standIn(name: string, kind: unknown, loaded: () => Promise<object>) {
  const method = async () => Reflect.get(await loaded(), name);
  if (kind === "walk") {
    return async function* (...given: readonly unknown[]) {
      yield* (await method())(...given);
    };
  }
  if (kind === "call") return async (...given: readonly unknown[]) => (await method())(...given);
  return loadedLater(Object(kind), method);
}
