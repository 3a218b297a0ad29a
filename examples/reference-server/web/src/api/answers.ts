import type { paths } from "./schema";

/** What a GET of the server answers. */
export type Got<P extends keyof paths> = paths[P] extends {
  get: { responses: { 200: { content: { "application/json": infer T } } } };
}
  ? T
  : never;

/** A row of a list that a GET of the server answers. */
export type Row<P extends keyof paths> = Got<P> extends { items: (infer T)[] } ? T : never;
