import { RefusedCall, tooLong, wrongType } from "./errors.js";
import type { Fault } from "./faults.js";
import type { App, World } from "./state.js";

/** A provider call as its implementation sees it. */
export interface Call {
  readonly world: World;
  /** For example `/cgi-bin/message/send`. */
  readonly path: string;
  /** The caller's address. */
  readonly ip: string;
  readonly query: URLSearchParams;
  readonly contentType: string;
  readonly body: Buffer;
  /** Epoch ms of the simulator's clock, the same for the whole call. */
  readonly now: number;
  /** The scripted fault that strikes this call, for those that change what the call does. */
  readonly fault: Fault | undefined;
}

/** A call with a valid token. */
export interface AuthorizedCall extends Call {
  readonly app: App;
}

/** Fields of a JSON body. */
export type Fields = Readonly<Record<string, unknown>>;

/**
 * The JSON object in a request body.
 *
 * @throws {RefusedCall} 40058 for anything but one JSON object in UTF-8, an empty body included
 */
export function readFields(body: Buffer): Fields {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    throw new RefusedCall(40058, "Warning: wrong json format. invalid request body");
  }
  if (!isFields(value)) throw new RefusedCall(40058, "Warning: wrong json format. object expected");
  return value;
}

/** Whether a value is a JSON object. */
export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * A text field; absent, null and "" are all undefined.
 *
 * @throws {RefusedCall} 40058 for another type, or more than `maxBytes` of UTF-8
 */
export function optionalText(
  fields: Fields,
  name: string,
  maxBytes = Number.POSITIVE_INFINITY,
  path = name,
): string | undefined {
  const value = fields[name];
  if (value === undefined || value === null || value === "") return undefined;
  if (typeof value !== "string") throw wrongType(path, "string");
  if (Buffer.byteLength(value) > maxBytes) throw tooLong(path, maxBytes);
  return value;
}

/**
 * A list of texts; absent and null are undefined.
 *
 * @throws {RefusedCall} 40058 for another type or more than `max` entries
 */
export function optionalTexts(fields: Fields, name: string, max: number): readonly string[] | undefined {
  const value = fields[name];
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value) || !value.every((item): item is string => typeof item === "string")) {
    throw wrongType(name, "array of string");
  }
  if (value.length > max) throw tooLong(name, max);
  return value;
}

/** A whole number, or undefined when absent; @throws {RefusedCall} 40058 for another type. */
export function optionalInteger(fields: Fields, name: string): number | undefined {
  const value = fields[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "number" || !Number.isSafeInteger(value)) {
    throw wrongType(name, "integer");
  }
  return value;
}
