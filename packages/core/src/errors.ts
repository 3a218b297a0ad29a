import type { CoreErrorCode } from "./error-codes.js";

/** One fault of one input; `path` is dotted (`slots.0.time`), `""` for the whole input. */
export interface InputIssue {
  /** Where, such as `slots[0].time`; empty for the whole input. */
  readonly path: string;
  /** Stable machine code of the fault, for example `label.unknown-kind`. */
  readonly code: string;
  /** English text for developers; servers translate by `code` and `params`. */
  readonly message: string;
  /** Values that the message of `code` needs, such as `{ most: 100 }`. */
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

/** What every error of RecallKit may carry. */
export interface ErrorOptions {
  /** Whether the same call may succeed later; default: as its code says. */
  readonly retryable?: boolean;
  /** What was caught. */
  readonly cause?: unknown;
  /** What the reader can do about it, for people at a terminal. */
  readonly hint?: string;
}

// Symbol.for: the same symbol in every copy of this package.
const brandOf = (name: string): symbol => Symbol.for(name === "" ? "recallkit.error" : `recallkit.error.${name}`);

/** Marks all errors of a class, so that every copy of this package recognises them. */
export function brand(type: { readonly prototype: RecallKitError }, name: string): void {
  Object.defineProperty(type.prototype, brandOf(name), { value: true });
}

/** True for an error that {@link brand} marked with this name, in whichever copy. */
export function isBranded(error: unknown, name: string): boolean {
  return typeof error === "object" && error !== null && brandOf(name) in error;
}

/**
 * The codes of errors, by who throws them. Another package adds its own, so that its throws are checked as well:
 *
 * ```ts
 * declare module "@recallkit/core" {
 *   interface ErrorCodes { readonly mine: "mine.broken" | "mine.late" }
 * }
 * ```
 */
export interface ErrorCodes {
  /** Codes of `@recallkit/core`. */
  readonly core: CoreErrorCode;
}

/** Code of a {@link RecallKitError}: `<area>.<reason>`, stable. */
export type ErrorCode = ErrorCodes[keyof ErrorCodes];

/**
 * Base of every exception that RecallKit throws on purpose: the call did not do its work.
 *
 * `message` never holds a secret, a phone number or message text.
 */
export class RecallKitError extends Error {
  /** `<area>.<reason>`, stable; every code has a line in docs/errors.md. */
  readonly code: ErrorCode;
  /** True when the same call may succeed later without a change. */
  readonly retryable: boolean;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.hint = options.hint;
  }

  /**
   * Recognises errors of any copy of this package, as two copies may be at work in one process: a channel's and the
   * engine's. `is` of a subclass recognises that class; ours all have it, and `instanceof` misses the other copy's.
   */
  static is(error: unknown): error is RecallKitError {
    return isBranded(error, "");
  }

  static {
    brand(RecallKitError, "");
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

  static override is(error: unknown): error is InputError {
    return isBranded(error, "input");
  }

  static {
    brand(InputError, "input");
  }
}

/** The named thing does not exist in this tenant. */
export class NotFoundError extends RecallKitError {
  static override is(error: unknown): error is NotFoundError {
    return isBranded(error, "not-found");
  }

  static {
    brand(NotFoundError, "not-found");
  }
}

/** The state of the world forbids the call: a name is taken, a version is stale. */
export class ConflictError extends RecallKitError {
  static override is(error: unknown): error is ConflictError {
    return isBranded(error, "conflict");
  }

  static {
    brand(ConflictError, "conflict");
  }
}

/** Storage did not do what was asked; `storage.busy` and `storage.unavailable` may be retried. */
export class StorageError extends RecallKitError {
  static override is(error: unknown): error is StorageError {
    return isBranded(error, "storage");
  }

  static {
    brand(StorageError, "storage");
  }
}

/** A setting is missing or unusable; names the option, never its value. */
export class ConfigError extends RecallKitError {
  readonly option: string;

  constructor(code: "config.missing" | "config.invalid", option: string, message: string, options: ErrorOptions = {}) {
    super(code, message, options);
    this.option = option;
  }

  static override is(error: unknown): error is ConfigError {
    return isBranded(error, "config");
  }

  static {
    brand(ConfigError, "config");
  }
}

/** What a channel knows about its failure. */
export interface ChannelErrorOptions extends ErrorOptions {
  /** Name of the channel, such as `wecom`. */
  readonly channel: string;
  /** What is known about the effect; `NOT_SENT`, `RATE_LIMITED`, `AUTH`, `CONFIG`, `REQUEST` prove that nothing was sent. */
  readonly effect: EffectClass;
  /** The provider's own code. */
  readonly providerCode?: string;
  /** How long the provider asks to wait, in ms. */
  readonly retryAfterMs?: number;
  /** Id by which the provider's support finds the call. */
  readonly traceId?: string;
}

/** A channel could not do its work. Thrown by `Channel.send` only with proof that nothing was sent. */
export class ChannelError extends RecallKitError {
  readonly channel: string;
  readonly effect: EffectClass;
  readonly providerCode: string | undefined;
  readonly retryAfterMs: number | undefined;
  /** Id by which the provider's support finds the call; it names no person. */
  readonly traceId: string | undefined;

  constructor(code: ErrorCode, message: string, options: ChannelErrorOptions) {
    super(code, message, options);
    this.channel = options.channel;
    this.effect = options.effect;
    this.providerCode = options.providerCode;
    this.retryAfterMs = options.retryAfterMs;
    this.traceId = options.traceId;
  }

  static override is(error: unknown): error is ChannelError {
    return isBranded(error, "channel");
  }

  static {
    brand(ChannelError, "channel");
  }
}

/** A request that brought no whole answer. */
export class TransportError extends RecallKitError {
  /** False is proof that not one byte of the request was written. */
  readonly written: boolean;

  constructor(code: ErrorCode, message: string, options: ErrorOptions & { readonly written: boolean }) {
    super(code, message, { retryable: !options.written, ...options });
    this.written = options.written;
  }

  static override is(error: unknown): error is TransportError {
    return isBranded(error, "transport");
  }

  static {
    brand(TransportError, "transport");
  }
}
