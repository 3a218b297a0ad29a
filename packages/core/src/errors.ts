/** One fault of one input; `path` is dotted (`slots.0.time`), `""` for the whole input. */
export interface InputIssue {
  readonly path: string;
  /** Stable machine code of the fault, for example `label.unknown-kind`. */
  readonly code: string;
  /** English text for developers; servers translate by `code` and `params`. */
  readonly message: string;
  readonly params?: Readonly<Record<string, string | number>>;
}

/** What is known about the effect of a failed call at a provider; decides what happens next. */
export type EffectClass =
  | "OK"
  | "NOT_SENT"
  | "RATE_LIMITED"
  | "AUTH"
  | "CONFIG"
  | "DEFER"
  | "RECIPIENT"
  | "REQUEST"
  | "QUOTA"
  | "BUSY"
  | "UNKNOWN"
  | "STORE"
  | "BUG";

export interface ErrorOptions {
  readonly retryable?: boolean;
  readonly cause?: unknown;
  /** What the reader can do about it, for people at a terminal. */
  readonly hint?: string;
}

const BRAND = Symbol.for("recallkit.error");

/**
 * Base of every exception that RecallKit throws on purpose: the call did not do its work.
 *
 * `message` never holds a secret, a phone number or message text.
 */
export class RecallKitError extends Error {
  /** `<area>.<reason>`, stable; every code has a line in docs/errors.md. */
  readonly code: string;
  /** True when the same call may succeed later without a change. */
  readonly retryable: boolean;
  readonly hint: string | undefined;

  constructor(code: string, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.hint = options.hint;
    Object.defineProperty(this, BRAND, { value: true });
  }

  /** Recognises errors of any copy of this package, also across duplicated installs. */
  static is(error: unknown): error is RecallKitError {
    return typeof error === "object" && error !== null && BRAND in error;
  }
}

/** Bad input; lists every fault at once. */
export class InputError extends RecallKitError {
  readonly issues: readonly InputIssue[];

  constructor(issues: readonly InputIssue[], options: ErrorOptions = {}) {
    const first = issues[0];
    const where = first?.path ? ` at ${first.path}` : "";
    super("input.invalid", `invalid input${where}: ${first?.message ?? "unknown fault"}`, options);
    this.issues = issues;
  }
}

/** The named thing does not exist in this tenant. */
export class NotFoundError extends RecallKitError {}

/** The state of the world forbids the call: a name is taken, a version is stale. */
export class ConflictError extends RecallKitError {}

/** Storage did not do what was asked; `storage.busy` and `storage.unavailable` may be retried. */
export class StorageError extends RecallKitError {}

/** A setting is missing or unusable; names the option, never its value. */
export class ConfigError extends RecallKitError {
  readonly option: string;

  constructor(code: "config.missing" | "config.invalid", option: string, message: string, options: ErrorOptions = {}) {
    super(code, message, options);
    this.option = option;
  }
}

export interface ChannelErrorOptions extends ErrorOptions {
  readonly channel: string;
  /** What is known about the effect; `NOT_SENT`, `RATE_LIMITED`, `AUTH`, `CONFIG`, `REQUEST` prove that nothing was sent. */
  readonly effect: EffectClass;
  readonly providerCode?: string;
  readonly retryAfterMs?: number;
}

/** A channel could not do its work. Thrown by `Channel.send` only with proof that nothing was sent. */
export class ChannelError extends RecallKitError {
  readonly channel: string;
  readonly effect: EffectClass;
  readonly providerCode: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(code: string, message: string, options: ChannelErrorOptions) {
    super(code, message, options);
    this.channel = options.channel;
    this.effect = options.effect;
    this.providerCode = options.providerCode;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** A request that brought no whole answer. */
export class TransportError extends RecallKitError {
  /** False is proof that not one byte of the request was written. */
  readonly written: boolean;

  constructor(code: string, message: string, options: ErrorOptions & { readonly written: boolean }) {
    super(code, message, { retryable: !options.written, ...options });
    this.written = options.written;
  }
}
