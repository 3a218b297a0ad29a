import * as z from "zod";
import { signalSchema } from "../input.js";
import {
  type Listing,
  MAX_PAGE_SIZE,
  type Page,
  type PageOptions,
  type PageRequest,
  rowsOf,
  type WalkOptions,
} from "../page.js";
import { withoutNulls, withoutUndefined } from "../without-nulls.js";
import type { Argument, checkedCalls } from "./checked-call.js";

/** What is made of schemas is made once: a kit is asked for with every request. */
const optionReaders = new WeakMap<z.ZodType, Argument>();
const walkSchemas = new WeakMap<z.ZodObject, z.ZodObject>();

/** Options, a filter or a page; left out is the same as empty, and so is null, as a whole and of each field. */
export function optionsOf(schema: z.ZodType): Argument {
  const known = optionReaders.get(schema) ?? readOptions(schema);
  optionReaders.set(schema, known);
  return known;
}

function readOptions(schema: z.ZodType): Argument {
  const read = z.preprocess((given) => withoutNulls(given) ?? undefined, schema.optional());
  return [
    "",
    read.transform((given) => (typeof given === "object" && given !== null ? withoutUndefined(given) : given)),
  ];
}

/** Makes lists, by pages and row by row, of what reads one page. */
export function listingsOf(call: ReturnType<typeof checkedCalls>) {
  return <Options extends PageOptions, Filter extends PageRequest, Item>(
    schema: z.ZodObject,
    pageOf: (filter: Filter) => Promise<Page<Item>>,
  ): Listing<Options, Item> => {
    // The schema makes of the options what a page is asked for with.
    const filterOf = (read: object | undefined) => (read ?? {}) as Filter;
    const walkSchema = walkSchemas.get(schema) ?? schema.extend({ signal: signalSchema.optional() });
    walkSchemas.set(schema, walkSchema);
    const begin = call<[options?: Options & WalkOptions], Filter & WalkOptions>([optionsOf(walkSchema)], async (read) =>
      filterOf(read),
    );
    return {
      list: call<[options?: Options], Page<Item>>([optionsOf(schema)], (read) => pageOf(filterOf(read))),
      async *all(options) {
        const { signal, cursor = null, limit = MAX_PAGE_SIZE, ...filter } = await begin(options);
        yield* rowsOf((at) => pageOf(filterOf({ ...filter, cursor: at, limit })), cursor, signal);
      },
    };
  };
}
