import type { Caller } from "./caller.js";
import type { RecordChange } from "./change-once.js";
import type { HttpContext } from "./context.js";
import type { Envelope } from "./envelope.js";
import type { Route } from "./route.js";
import type { Texts } from "./texts/language.js";

/** Tables of a module; a `MigrationSet` of `@recallkit/storage-adapters/migrations` fits. */
export interface ModuleMigrations {
  readonly id: string;
  readonly steps: readonly { readonly name: string }[];
}

/** What is told about a permission. */
export interface PermissionFacts {
  /** What it lets one do, Chinese first. */
  readonly summary: string;
}

/**
 * One bounded context: everything about it is said in its own folder, and an app is a list of modules.
 *
 * `C` is what its handlers need of the app, `S` what they need to know of a caller; a module that asks for no more than
 * {@link HttpContext} and {@link Caller} works in every host.
 */
export interface Module<C extends HttpContext = HttpContext, S extends Caller = Caller> {
  readonly name: string;
  readonly routes?: readonly Route<C, S>[];
  /** Permissions that its routes ask for, and no other module's. */
  readonly permissions?: Readonly<Record<string, PermissionFacts>>;
  /** Texts of the codes that it answers with beside those of core and of this package. */
  readonly texts?: Texts;
  /** What its groups of routes are about, by tag. */
  readonly tags?: Readonly<Record<string, string>>;
  /** How errors below a first segment of the path are written: `{ wechatpush: … }`. @default problem documents */
  readonly envelopes?: Readonly<Record<string, Envelope>>;
  readonly migrations?: ModuleMigrations;
  /** Notes every change of a caller, of all modules, in the transaction of the change. */
  readonly record?: RecordChange<C, S>;
  /** Resolves with what is missing before requests may come, or undefined when nothing is. */
  readonly readiness?: (context: C) => Promise<string | undefined>;
}

/** Declares a module; what else a host's modules have stays in the type. */
export function defineModule<const M extends Module>(module: M): M {
  return module;
}
