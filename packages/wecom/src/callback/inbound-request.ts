import { isUtf8 } from "node:buffer";

/** Largest body of a callback, bytes. */
const MAX_CALLBACK_BYTES = 64 * 1024;

const PARAMETER = /^[\x20-\x7e]{1,4096}$/;

/** The parameters named, each there exactly once; undefined otherwise. Others do not matter. */
export function parametersOf<const Names extends readonly string[]>(
  query: URLSearchParams,
  ...names: Names
): { readonly [Name in Names[number]]: string } | undefined {
  const found = names.map((name) => [name, query.getAll(name)] as const);
  if (found.some(([, values]) => values.length !== 1 || !PARAMETER.test(values[0] ?? ""))) return undefined;
  // Every name has got its one value above.
  return Object.fromEntries(found.map(([name, [value]]) => [name, value])) as {
    readonly [Name in Names[number]]: string;
  };
}

/** Whether the time of a request, in epoch seconds, is within the tolerance around now. */
export function isTimely(timestamp: string, now: number, toleranceSeconds: number): boolean {
  return /^\d{1,11}$/.test(timestamp) && Math.abs(now / 1000 - Number(timestamp)) <= toleranceSeconds;
}

/** The bytes of a body; undefined when there are more than {@link MAX_CALLBACK_BYTES}, or they don't come. */
export async function bodyOf(request: Request): Promise<Uint8Array | undefined> {
  if (Number(request.headers.get("content-length") ?? 0) > MAX_CALLBACK_BYTES) return undefined;
  if (request.body === null) return new Uint8Array();
  const pieces: Uint8Array[] = [];
  let length = 0;
  try {
    const reader = request.body.getReader();
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      length += next.value.byteLength;
      if (length > MAX_CALLBACK_BYTES) {
        await reader.cancel();
        return undefined;
      }
      pieces.push(next.value);
    }
  } catch {
    return undefined;
  }
  const [only] = pieces;
  return only !== undefined && pieces.length === 1 ? only : Buffer.concat(pieces, length);
}

/** The text of a body; undefined when it is no UTF-8 or too large. */
export function textOf(body: Uint8Array): string | undefined {
  if (body.byteLength > MAX_CALLBACK_BYTES) return undefined;
  if (!isUtf8(body)) return undefined;
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString();
}
