import { RecallKitError } from "@recallkit/core";
import type { HttpTransport } from "@recallkit/core/ports";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import * as z from "zod";
import { vectorsOf } from "../likeness.js";
import { DIMENSIONS } from "../ngrams.js";
import type { ProjectionTarget, SimilarCustomers } from "../ports.js";

/** Where a Qdrant server is. */
export interface QdrantOptions {
  readonly host: string;
  /** Of its REST interface. */
  readonly port: number;
  readonly apiKey?: string | undefined;
  readonly transport: HttpTransport;
  readonly stores: SqlStores;
  /** @default "recallkit_customers" */
  readonly collection?: string;
  /** How long an answer may take, ms. @default 10 000 */
  readonly timeoutMs?: number;
}

const done = z.object({ status: z.literal("ok") });
const collections = done.extend({ result: z.object({ collections: z.array(z.object({ name: z.string() })) }) });
const payload = z.object({ tenant_id: z.number(), customer_key: z.string() });
const found = done.extend({ result: z.array(z.object({ id: z.number(), score: z.number(), payload })) });
const point = done.extend({
  result: z.object({ points: z.array(z.object({ id: z.number(), vector: z.array(z.number()) })) }),
});

/** Points of one request. */
const PART = 250;

/**
 * Likeness in Qdrant, over its REST interface. A point is a customer's id with the tenant beside it: every question names the
 * tenant, and no text leaves the ledger, only vectors and codes.
 *
 * @throws {RecallKitError} `projection.unavailable`, retryable: the server is away or refuses
 * @see https://api.qdrant.tech/api-reference
 */
export function qdrant({
  host,
  port,
  apiKey,
  transport,
  stores,
  collection = "recallkit_customers",
  timeoutMs = 10_000,
}: QdrantOptions): ProjectionTarget & SimilarCustomers {
  const place = host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
  const headers = { "content-type": "application/json", ...(apiKey !== undefined && { "api-key": apiKey }) };

  async function call<S extends z.ZodType>(
    method: "GET" | "POST" | "PUT",
    path: string,
    body: object | undefined,
    schema: S,
    passes: readonly number[] = [],
  ): Promise<z.output<S> | undefined> {
    try {
      const { status, body: bytes } = await transport.request({
        method,
        url: `http://${place}:${port}${path}`,
        headers,
        timeoutMs,
        ...(body && { body: JSON.stringify(body) }),
      });
      if (passes.includes(status)) return undefined;
      if (status !== 200) throw new RangeError(`HTTP ${status}`);
      return schema.parse(JSON.parse(new TextDecoder().decode(bytes)));
    } catch (cause) {
      throw new RecallKitError("projection.unavailable", "Qdrant is away or refuses", { retryable: true, cause });
    }
  }

  const points = `/collections/${collection}/points`;
  const create = () =>
    // Of two that make it at once one is told that it is there.
    call("PUT", `/collections/${collection}`, { vectors: { size: DIMENSIONS, distance: "Cosine" } }, done, [409]);
  const isThere = async () => (await call("GET", `/collections/${collection}`, undefined, done, [404])) !== undefined;
  const byTenant = (tenantId: number) => ({ key: "tenant_id", match: { value: tenantId } });

  return {
    name: "qdrant",
    async prepare() {
      if (!(await isThere())) await create();
    },
    async clear() {
      // Every point: a filter without conditions means all.
      await call("POST", `${points}/delete?wait=true`, { filter: { must: [] } }, done);
    },
    async apply(batch) {
      const vectors = await vectorsOf(stores, batch);
      for (let at = 0; at < vectors.length; at += PART) {
        const part = vectors.slice(at, at + PART).map(({ customerId, customerKey, vector }) => {
          return { id: customerId, vector, payload: { tenant_id: batch.tenantId, customer_key: customerKey } };
        });
        await call("PUT", `${points}?wait=true`, { points: part }, done);
      }
      if (batch.gonePeople.length > 0)
        await call("POST", `${points}/delete?wait=true`, { points: batch.gonePeople }, done);
    },
    async ping() {
      const answer = await call("GET", "/collections", undefined, collections);
      return String(answer?.result.collections.length ?? 0);
    },
    async close() {},
    async similarTo(tenantId, customerKey, limit) {
      const own = { must: [byTenant(tenantId), { key: "customer_key", match: { value: customerKey } }] };
      const scroll = { filter: own, limit: 1, with_vector: true, with_payload: false };
      const [self] = (await call("POST", `${points}/scroll`, scroll, point))?.result.points ?? [];
      if (!self) return [];
      const filter = { must: [byTenant(tenantId)], must_not: [{ has_id: [self.id] }] };
      const search = { vector: self.vector, filter, limit, with_payload: true };
      const answer = await call("POST", `${points}/search`, search, found);
      return (answer?.result ?? [])
        .filter(({ score }) => score > 0)
        .map(({ score, payload: { customer_key: key } }) => ({ customerKey: key, similarity: Math.min(1, score) }));
    },
  };
}
