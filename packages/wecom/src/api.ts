import type * as z from "zod";
import type { Connection } from "./connection.js";
import type { CallKind } from "./error-map.js";

const MEBIBYTE = 1024 * 1024;

/** What stops a call. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

/** How a call with an effect may be written. */
export interface EffectOptions extends CallOptions {
  /** Monotonic ms, compared right before the first byte; later is proof that nothing was sent. @default no limit */
  readonly writeBy?: number | undefined;
}

/** One request below `/cgi-bin/`; without `body` it is a GET. */
export interface ApiRequest<Schema extends z.ZodType> {
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object | Uint8Array;
  readonly contentType?: string;
  /** What the answer must be; fields that it does not name are dropped. */
  readonly answer: Schema;
  /** The answer is a file. @default JSON */
  readonly isFile?: boolean;
  /** Largest answer. @default 4 MiB */
  readonly maxMebibytes?: number;
}

/** Calls with the app's token, by what they do. */
export interface Api {
  /** A call without effects: repeated while the server is busy. @throws {ChannelError} never class UNKNOWN */
  read<Schema extends z.ZodType>(
    path: string,
    request: ApiRequest<Schema>,
    options?: CallOptions,
  ): Promise<z.output<Schema>>;
  /** A call that changes something: written at most once. @throws {ChannelError} class UNKNOWN when the answer was lost */
  act<Schema extends z.ZodType>(
    path: string,
    request: ApiRequest<Schema>,
    options?: EffectOptions,
  ): Promise<z.output<Schema>>;
}

/** Calls over a connection. */
export function apiOf(
  connection: Connection,
  timeouts: { readonly timeoutMs: number; readonly uploadTimeoutMs: number },
): Api {
  const call = <Schema extends z.ZodType>(
    kind: CallKind,
    path: string,
    { maxMebibytes = 4, ...request }: ApiRequest<Schema>,
    options: EffectOptions = {},
  ): Promise<z.output<Schema>> =>
    connection.call({
      path,
      kind,
      ...request,
      ...options,
      maxBytes: maxMebibytes * MEBIBYTE,
      timeoutMs: request.body instanceof Uint8Array || request.isFile ? timeouts.uploadTimeoutMs : timeouts.timeoutMs,
    });
  return {
    read: (path, request, options) => call("harmless", path, request, options),
    act: (path, request, options) => call("effect", path, request, options),
  };
}
