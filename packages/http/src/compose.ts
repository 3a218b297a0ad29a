import { ConfigError } from "@recallkit/core";
import type { Caller } from "./caller.js";
import type { HttpContext } from "./context.js";
import { type Envelope, PROBLEM } from "./envelope.js";
import type { Module } from "./module.js";
import type { Route } from "./route.js";
import { type Router, router } from "./router.js";
import { CORE_TEXTS } from "./texts/core-texts.js";
import { FRAME_TEXTS } from "./texts/frame-texts.js";
import { type TextBook, textBook } from "./texts/text-book.js";

/** Modules as one app. */
export interface Composition<C extends HttpContext = HttpContext, S extends Caller = Caller> {
  readonly modules: readonly Module<C, S>[];
  readonly routes: readonly Route<C, S>[];
  readonly find: Router<Route<C, S>>;
  readonly texts: TextBook;
  /** Descriptions by tag. */
  readonly tags: ReadonlyMap<string, string>;
  /** Every permission that a module declares. */
  readonly permissions: ReadonlySet<string>;
  /** How errors at a path are written, whether a route stands there or not. */
  envelopeOf(path: string): Envelope;
  /** True below a first segment that some route or envelope has. */
  owns(path: string): boolean;
}

/**
 * Puts modules together.
 *
 * @throws {ConfigError} `config.invalid` for `modules`: two of them have the same name, route, permission, text, tag or
 *   envelope, or a route asks for a permission that none declares
 */
export function compose<C extends HttpContext, S extends Caller>(modules: readonly Module<C, S>[]): Composition<C, S> {
  const names = new Set<string>();
  for (const { name } of modules) {
    if (names.has(name)) throw fault(`"${name}" is listed twice`);
    names.add(name);
  }
  const permissions = merge(modules, "permission", ({ permissions = {} }) => permissions);
  const texts = merge(modules, "text", ({ texts = {} }) => texts, [FRAME_TEXTS, CORE_TEXTS]);
  const tags = merge(modules, "tag", ({ tags = {} }) => tags);
  const envelopes = merge(modules, "envelope", ({ envelopes = {} }) => envelopes);
  merge(modules, "route", (module) => routesByAddress(module));
  const routes = modules.flatMap((module) => module.routes ?? []);
  for (const { auth, method, path } of routes) {
    if (auth === "public" || permissions.has(auth)) continue;
    throw fault(`the route ${method.toUpperCase()} ${path} asks for "${auth}", which no module declares`);
  }
  const segments = new Set([...routes.map(({ path }) => firstSegment(path)), ...envelopes.keys()]);
  return {
    modules,
    routes,
    find: router(routes),
    texts: textBook(Object.fromEntries(texts)),
    tags,
    permissions: new Set(permissions.keys()),
    envelopeOf: (path) => envelopes.get(firstSegment(path)) ?? PROBLEM,
    owns: (path) => segments.has(firstSegment(path)),
  };
}

/** What all modules say under one heading. @throws {ConfigError} two say something of the same name */
function merge<M extends { readonly name: string }, V>(
  modules: readonly M[],
  what: string,
  partOf: (module: M) => Readonly<Record<string, V>>,
  given: readonly Readonly<Record<string, V>>[] = [],
): Map<string, V> {
  const all = new Map<string, V>();
  const owners = new Map<string, string>();
  const parts = [
    ...given.map((part) => ["@recallkit/http", part] as const),
    ...modules.map((module) => [module.name, partOf(module)] as const),
  ];
  for (const [owner, part] of parts) {
    for (const [name, value] of Object.entries(part)) {
      const other = owners.get(name);
      if (other !== undefined) throw fault(`"${other}" and "${owner}" both have the ${what} "${name}"`);
      owners.set(name, owner);
      all.set(name, value);
    }
  }
  return all;
}

function routesByAddress<C extends HttpContext, S extends Caller>({
  name,
  routes = [],
}: Module<C, S>): Readonly<Record<string, Route<C, S>>> {
  const addresses = routes.map((route) => [`${route.method.toUpperCase()} ${shapeOf(route.path)}`, route] as const);
  const byAddress = Object.fromEntries(addresses);
  if (Object.keys(byAddress).length < routes.length) throw fault(`"${name}" has a route twice`);
  return byAddress;
}

/** Two patterns that fit the same paths look the same. */
function shapeOf(path: string): string {
  return path.replace(/:\w+/g, ":").toLowerCase();
}

function firstSegment(path: string): string {
  return path.split("/", 2)[1] ?? "";
}

function fault(reason: string): ConfigError {
  return new ConfigError("config.invalid", "modules", `modules: ${reason}`);
}
