/** A request as the frame reads it; `fetch`, node:http and Express make it. Nothing is read or built before it is asked for. */
export interface Visit {
  /** In upper case. */
  readonly method: string;
  /** As it came, still encoded, with the base path: `/recall/wechatpush/lists`. */
  readonly path: string;
  /** After the `?`; empty without one. */
  readonly search: string;
  /** One header by its name in lower case. */
  header(name: string): string | undefined;
  /** All headers by their names in lower case. */
  headers(): Readonly<Record<string, string | undefined>>;
  /** Address of the caller, as far as the adapter trusts what it hears. */
  readonly ip: string;
  /** True for a request that announces a body. */
  readonly hasBody: boolean;
  /** What the host has made of the body already; undefined while nobody read it. */
  readonly parsed: { readonly value: unknown } | undefined;
  /** Reads the body. @throws {HttpError} 413 `http.body-too-large`, 500 `http.body-consumed` */
  read(maxBytes: number): Promise<Buffer>;
  /** The body as it comes. @throws {HttpError} as `read`, while it is walked */
  stream(maxBytes: number): AsyncIterable<Uint8Array>;
  /** Aborted when the caller goes away. */
  signal(): AbortSignal;
  /** The request for a host's own code; its body stays unread. */
  request(): Request;
}

/** An answer ready to be written. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Pieces are asked for one after the other, and no more of them once the caller is gone. */
  readonly body: Buffer | string | AsyncIterable<Uint8Array | string>;
  /** Called once, when the answer has been written or the caller is gone; writes the line of the log. */
  end(isCutShort: boolean): void;
}
