// Who may import what: core imports nothing of ours, the other packages core only, the server everything.
/** @typedef {import("./source-file.mjs").SourceFile} SourceFile */
/** @typedef {import("./source-file.mjs").Import} Import */

const CORE = "packages/core";
const CORE_LIBRARIES = ["zod", "tyme4ts"];
/** Parts of core that serve tests; `memory` is also the default of `createRecallKit`. */
const TEST_PARTS = ["memory", "conformance", "testing"];
/** Rooms of core in the order in which they may use each other: each one only those before it, and files beside the rooms. */
const CORE_ROOMS = [
  "secret",
  "customer",
  "audience",
  "rule",
  "contact",
  "engine",
  "link",
  "coupon",
  "delivery",
  "conversion",
  "schedule",
  "people",
  "evidence",
  "tenant",
  "kit",
];
const MODULES = "examples/reference-server/src/modules/";

/** Each rule answers with what is wrong, or with nothing. @type {((file: SourceFile, item: Import) => string | undefined)[]} */
export const importRules = [
  staysInPackage,
  coreStandsAlone,
  packagesKnowOnlyCore,
  zodIsShaken,
  portsHoldTypes,
  roomsPointOneWay,
  testPartsStayInTests,
  modulesMeetAtService,
];

/** @param {SourceFile} file @param {Import} item */
function staysInPackage({ home }, { path }) {
  if (path && !path.startsWith(`${home}/`)) return "leaves its package by a relative path; import the package by name";
}

/** @param {SourceFile} file @param {Import} item */
function coreStandsAlone({ home, path, isTest }, { specifier }) {
  if (home !== CORE) return;
  if (isOurs(specifier)) return "core imports nothing of ours";
  if (isTest || specifier.startsWith(".") || specifier.startsWith("node:")) return;
  if (specifier === "undici" && path.startsWith(`${CORE}/src/http/`)) return;
  if (!CORE_LIBRARIES.some((name) => specifier === name || specifier.startsWith(`${name}/`)))
    return `core may use only ${CORE_LIBRARIES.join(", ")}; undici in http/ only`;
}

/** @param {SourceFile} file @param {Import} item */
function packagesKnowOnlyCore({ home }, { specifier }) {
  if (home === CORE || !home.startsWith("packages/") || !isOurs(specifier)) return;
  if (!/^@recallkit\/core(\/|$)/.test(specifier)) return "packages import @recallkit/core only, never each other";
}

/** The name `z` is one object with all of zod in it, which no bundler takes apart; a namespace is. @param {SourceFile} file @param {Import} item */
function zodIsShaken({ home, isTest }, { specifier, isByName }) {
  if (home.startsWith("packages/") && !isTest && specifier === "zod" && isByName)
    return 'write `import * as z from "zod"`, so that bundles hold only what is used';
}

/** @param {SourceFile} file @param {Import} item */
function portsHoldTypes({ path, isTest }, { isTypeOnly }) {
  // The public path of the ports, which hands on what adapters use of the domain.
  if (path === `${CORE}/src/ports/index.ts`) return;
  if (path.startsWith(`${CORE}/src/ports/`) && !isTest && !isTypeOnly)
    return "ports take domain types only; write `import type`";
}

/** Values go one way between the rooms of core; types may be named from anywhere but the kit. @param {SourceFile} file @param {Import} item */
function roomsPointOneWay({ path, isTest }, item) {
  if (isTest) return;
  const [own, other] = [roomOf(path), roomOf(item.path)];
  if (own === undefined || other === undefined || own >= other) return;
  const [from, to] = [CORE_ROOMS[own], CORE_ROOMS[other]];
  if (item.isTypeOnly && to !== "kit") return;
  return `${from}/ stands before ${to}/; what both need belongs into ${from}/ or further down`;
}

/** @param {string | undefined} path @returns {number | undefined} */
function roomOf(path) {
  const room = path?.startsWith(`${CORE}/src/`) ? path.slice(CORE.length + 5).split("/") : [];
  const at = room.length > 1 ? CORE_ROOMS.indexOf(room[0] ?? "") : -1;
  return at === -1 ? undefined : at;
}

/** @param {SourceFile} file @param {Import} item */
function testPartsStayInTests({ home, path, isTest }, item) {
  const part = TEST_PARTS.find((name) => isPartOfCore(item, name));
  if (!part || isTest || !home.startsWith("packages/") || path.startsWith(`${CORE}/src/${part}/`)) return;
  if (part === "memory" && path.endsWith("/create-recallkit.ts")) return;
  return `${part} is imported by tests only${part === "memory" ? ", and by create-recallkit.ts" : ""}`;
}

/** @param {SourceFile} file @param {Import} item */
function modulesMeetAtService({ path, isTest }, item) {
  if (isTest || !path.startsWith(MODULES) || !item.path?.startsWith(MODULES)) return;
  const [own, other] = [path, item.path].map((file) => file.slice(MODULES.length).split("/"));
  const [name, ...rest] = other ?? [];
  if (own?.length === 1 || rest.length === 0 || name === own?.[0]) return;
  if (rest.join("/") !== "service.ts")
    return `a module reaches another one through its service.ts; here ${name}/${rest.join("/")}`;
}

/** @param {string} specifier */
function isOurs(specifier) {
  return specifier.startsWith("@recallkit/") || specifier === "recallkit";
}

/** @param {Import} item @param {string} part */
function isPartOfCore({ specifier, path }, part) {
  return specifier === `@recallkit/core/${part}` || path?.startsWith(`${CORE}/src/${part}/`);
}
