import { RecallKitError } from "@recallkit/core";
import { edgesOf } from "../embedded/relations.js";
import type { FactBatch, ProjectionTarget, RelationGraph } from "../ports.js";

/** What runs a statement of nGQL, such as a client of NebulaGraph; rows by column. */
export interface NebulaSession {
  execute(statement: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  close(): Promise<void>;
}

/** Tags and edges of the space; the order of the columns is that of the inserts. */
export function nebulaSchema(space: string): readonly string[] {
  return [
    `CREATE SPACE IF NOT EXISTS \`${space}\` (vid_type = FIXED_STRING(300))`,
    `USE \`${space}\``,
    "CREATE TAG IF NOT EXISTS node (tenant_id int64, kind string, code string)",
    ...["bought", "treated_by", "performed_by", "referred_by"].map(
      (edge) => `CREATE EDGE IF NOT EXISTS ${edge} (via string)`,
    ),
    "CREATE TAG INDEX IF NOT EXISTS node_tenant ON node(tenant_id)",
  ];
}

const KINDS = {
  bought: ["person", "project"],
  "treated-by": ["person", "doctor"],
  "performed-by": ["project", "doctor"],
  "referred-by": ["person", "person"],
} as const;

/** Edges of one statement. */
const PART = 200;

/**
 * What writes facts. The same edges again change nothing: an edge is told from others by its ends and its rank, which is the order
 * or the person that says it. Edges of an order that is written anew are those that it says now; those that it said before stay
 * until a replay.
 */
export function nebulaStatements(space: string, batch: FactBatch): readonly string[] {
  const edges = [...edgesOf(batch)].flatMap(([via, all]) => all.map((edge) => ({ via, ...edge })));
  const id = (kind: string, code: string) => text(`${batch.tenantId}:${kind}:${code}`);
  const nodes = new Map<string, string>();
  for (const { relation, from, to } of edges) {
    const [a, b] = KINDS[relation];
    nodes.set(id(a, from), `${batch.tenantId}, ${text(a)}, ${text(from)}`);
    nodes.set(id(b, to), `${batch.tenantId}, ${text(b)}, ${text(to)}`);
  }
  const statements = parts([...nodes]).map(
    (part) =>
      `INSERT VERTEX node(tenant_id, kind, code) VALUES ${part.map(([key, row]) => `${key}:(${row})`).join(", ")}`,
  );
  for (const relation of Object.keys(KINDS) as (keyof typeof KINDS)[]) {
    const [a, b] = KINDS[relation];
    const rows = edges
      .filter((edge) => edge.relation === relation)
      .map(({ from, to, via }) => `${id(a, from)}->${id(b, to)}@${via.split(":")[1]}:(${text(via)})`);
    for (const part of parts(rows))
      statements.push(`INSERT EDGE ${relation.replace("-", "_")}(via) VALUES ${part.join(", ")}`);
  }
  return statements.length === 0 ? [] : [`USE \`${space}\``, ...statements];
}

/** Whom somebody brought, by depth. */
export function referralsStatement(tenantId: number, customerKey: string, depth: number): string {
  const steps = Math.min(10, Math.max(1, Math.floor(depth)));
  return `MATCH p = (a)<-[:referred_by*1..${steps}]-(b:node) WHERE id(a) == ${text(`${tenantId}:person:${customerKey}`)} RETURN b.node.code AS customer_key, min(length(p)) AS depth ORDER BY depth, customer_key LIMIT 1000`;
}

/** Projects, doctors and who brought somebody, with the number of edges. */
export function connectionsStatement(tenantId: number, customerKey: string): string {
  return `MATCH (a)-[e]->(b:node) WHERE id(a) == ${text(`${tenantId}:person:${customerKey}`)} RETURN type(e) AS relation, b.node.code AS code, count(*) AS times ORDER BY times DESC, code LIMIT 300`;
}

/** Relations in NebulaGraph, behind a session; not run against a real server yet. */
export function nebula({
  space,
  connect,
}: {
  readonly space: string;
  /** Opens a session, once something is asked. */
  readonly connect: () => Promise<NebulaSession>;
}): ProjectionTarget & RelationGraph {
  let open: Promise<NebulaSession> | undefined;
  const run = async (statement: string) => {
    open ??= connect();
    const session = await open;
    try {
      return await session.execute(statement);
    } catch (cause) {
      throw new RecallKitError("projection.unavailable", "NebulaGraph is away or refuses", { retryable: true, cause });
    }
  };
  return {
    name: "nebula",
    async prepare() {
      for (const statement of nebulaSchema(space)) await run(statement);
    },
    async clear() {
      await run(`CLEAR SPACE IF EXISTS \`${space}\``);
    },
    async apply(batch) {
      for (const statement of nebulaStatements(space, batch)) await run(statement);
    },
    async ping() {
      await run("SHOW SPACES");
      return space;
    },
    close: async () => (await open?.catch(() => undefined))?.close(),
    async connections(tenantId, customerKey) {
      await run(`USE \`${space}\``);
      const rows = await run(connectionsStatement(tenantId, customerKey));
      const of = (relation: string) =>
        rows
          .filter((row) => row.relation === relation)
          .map((row) => ({ key: String(row.code), orders: Number(row.times) }));
      return { projects: of("bought"), doctors: of("treated_by"), referrer: of("referred_by")[0]?.key };
    },
    async referrals(tenantId, customerKey, depth) {
      await run(`USE \`${space}\``);
      const rows = await run(referralsStatement(tenantId, customerKey, depth));
      return rows
        .map((row) => ({ customerKey: String(row.customer_key), depth: Number(row.depth) }))
        .filter((row) => row.customerKey !== customerKey);
    },
  };
}

/** A text of nGQL: nothing in it ends it. */
function text(value: string): string {
  return `"${value.replace(/[\\"]/g, "\\$&").replace(/[\n\r\t]/g, " ")}"`;
}

function parts<T>(all: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(all.length / PART) }, (_, at) => all.slice(at * PART, (at + 1) * PART));
}
