import type { HttpRequest, HttpTransport } from "@recallkit/core/ports";
import * as z from "zod";
import { cosine, DIMENSIONS } from "../ngrams.js";

const vector = z.array(z.number()).length(DIMENSIONS);
const payload = z.strictObject({ tenant_id: z.int(), customer_key: z.string() });
const match = z.strictObject({
  key: z.enum(["tenant_id", "customer_key"]),
  match: z.strictObject({ value: z.union([z.int(), z.string()]) }),
});
const filter = z.strictObject({
  must: z.array(match),
  must_not: z.array(z.strictObject({ has_id: z.array(z.int()) })).optional(),
});
const bodies = {
  create: z.strictObject({ vectors: z.strictObject({ size: z.literal(DIMENSIONS), distance: z.literal("Cosine") }) }),
  upsert: z.strictObject({ points: z.array(z.strictObject({ id: z.int().min(0), vector, payload })).min(1) }),
  remove: z.union([z.strictObject({ points: z.array(z.int()).min(1) }), z.strictObject({ filter })]),
  scroll: z.strictObject({
    filter,
    limit: z.int().min(1),
    with_vector: z.literal(true),
    with_payload: z.literal(false),
  }),
  search: z.strictObject({ vector, filter, limit: z.int().min(1), with_payload: z.literal(true) }),
};

interface Point {
  readonly id: number;
  readonly vector: readonly number[];
  readonly payload: z.output<typeof payload>;
}

/**
 * The part of Qdrant's REST interface that is used, strictly: whatever is not exactly a request of it is refused. Played from
 * https://api.qdrant.tech/api-reference (collections, points); it stands for no server.
 */
export function qdrantDouble() {
  const collections = new Map<string, Map<number, Point>>();
  const state = { isAway: false, requests: 0 };

  function answer({ method, url, body }: HttpRequest): readonly [number, object] {
    const { pathname, search } = new URL(url);
    const told: unknown = typeof body === "string" ? JSON.parse(body) : undefined;
    const [, root, name = "", part, action] = pathname.split("/");
    if (root !== "collections") return [404, {}];
    if (method === "GET" && name === "")
      return ok({ collections: [...collections.keys()].map((key) => ({ name: key })) });
    const points = collections.get(name);
    if (method === "PUT" && part === undefined) {
      bodies.create.parse(told);
      if (points) return [409, { status: { error: "already exists" } }];
      collections.set(name, new Map());
      return ok(true);
    }
    if (!points) return [404, { status: { error: "not found" } }];
    if (method === "GET" && part === undefined) return ok({ status: "green" });
    const isWriting = search === "?wait=true";
    if (method === "PUT" && part === "points" && action === undefined && isWriting) {
      for (const point of bodies.upsert.parse(told).points) points.set(point.id, point);
      return ok({ status: "completed" });
    }
    if (method !== "POST" || part !== "points") return [405, {}];
    if (action === "delete" && isWriting) {
      const gone = bodies.remove.parse(told);
      const ids = "points" in gone ? gone.points : [...points.values()].filter(passes(gone.filter)).map(({ id }) => id);
      for (const id of ids) points.delete(id);
      return ok({ status: "completed" });
    }
    if (action === "scroll") {
      const { filter: asked, limit } = bodies.scroll.parse(told);
      const found = [...points.values()].filter(passes(asked)).slice(0, limit);
      return ok({ points: found.map(({ id, vector: own }) => ({ id, vector: own })), next_page_offset: null });
    }
    if (action === "search") {
      const { vector: asked, filter: those, limit } = bodies.search.parse(told);
      const found = [...points.values()]
        .filter(passes(those))
        .map((point) => ({ id: point.id, version: 1, score: cosine(asked, point.vector), payload: point.payload }))
        .sort((a, b) => b.score - a.score);
      return ok(found.slice(0, limit));
    }
    return [404, {}];
  }

  const transport: HttpTransport = {
    async request(request) {
      state.requests += 1;
      if (state.isAway) throw new Error("connection refused");
      const [status, json] = answer(request);
      return { status, headers: {}, body: new TextEncoder().encode(JSON.stringify(json)) };
    },
  };
  return { transport, state, pointsOf: (name: string) => [...(collections.get(name)?.values() ?? [])] };
}

function ok(result: unknown): readonly [number, object] {
  return [200, { status: "ok", time: 0, result }];
}

function passes({ must, must_not: not = [] }: z.output<typeof filter>): (point: Point) => boolean {
  return (point) =>
    must.every(({ key, match: { value } }) => point.payload[key] === value) &&
    not.every(({ has_id: ids }) => !ids.includes(point.id));
}
