import * as z from "zod";
import { hasControlCharacters } from "./text.js";

/** Id of a row, 1 … 2^53 − 1. */
export const idSchema = z.int().min(1);

/** A text that is looked for: no engine finds control characters, and some refuse them. */
export const searchTextSchema = z
  .string()
  .max(255)
  .refine((text) => !hasControlCharacters(text), { message: "must not hold control characters" });

/** Name of a channel. */
export const channelNameSchema = searchTextSchema.min(1);

/** Anything with fields, taken as it is. */
export const objectSchema = z.custom<object>((value) => typeof value === "object" && value !== null, {
  message: "must be an object",
});

/** A signal by which a call is cut off. */
export const signalSchema = z.instanceof(AbortSignal);

/** A function that is told something. */
export const listenerSchema = z.custom<(...told: never[]) => unknown>((value) => typeof value === "function", {
  message: "must be a function",
});
