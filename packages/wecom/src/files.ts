/** A file as it was loaded. */
export interface LoadedFile {
  /** Of its bytes, 64 hex digits. */
  readonly sha256: string;
  readonly bytes: Uint8Array;
}

/** Brings videos and files that messages refer to; `fileSource` of `@recallkit/core/http` is one. */
export interface FileSource {
  /**
   * @param url https
   * @throws {ChannelError} `REQUEST` when this address can never be sent, `NOT_SENT` when it may work later
   */
  load(url: string, signal: AbortSignal): Promise<LoadedFile>;
  /** Why `load` would refuse an address, as far as that can be told without fetching; undefined: nothing speaks against it. */
  check?(url: string): { readonly code: string; readonly message: string } | undefined;
}
