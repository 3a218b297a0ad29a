import { byteLength, checkInput } from "@recallkit/core/ports";
import * as z from "zod";
import { refusedContent } from "./call-errors.js";

/** A text of 1 … `max` bytes of UTF-8. */
export function textOfBytes(max: number) {
  return z
    .string()
    .min(1)
    .refine((text) => byteLength(text) <= max, { message: `at most ${max} bytes of UTF-8` });
}

/** A text of at most `max` characters, which may be empty. */
export function textOfCharacters(max: number) {
  return z.string().refine((text) => Array.from(text).length <= max, { message: `at most ${max} characters` });
}

/** A list of at most `max` ids. */
export function idsUpTo(max: number, least = 0) {
  return z
    .array(z.string().min(1))
    .min(least, { message: `at least ${least}` })
    .max(max, { message: `at most ${max}` });
}

/**
 * Lets a request through that keeps to the documented limits, as it is.
 *
 * @param call names the call in the error
 * @throws {ChannelError} `channel.rejected`, class REQUEST, naming the first field that breaks one: nothing was sent
 */
export function withinLimits<Request>(call: string, schema: z.ZodType, request: Request): Request {
  const read = checkInput(schema, request);
  if ("value" in read) return request;
  const [issue] = read.issues;
  throw refusedContent(`${call}: ${issue?.path || "the request"}: ${issue?.message ?? "unknown fault"}`);
}
