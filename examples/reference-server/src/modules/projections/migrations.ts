import { type MigrationSet, schemaSql } from "@recallkit/storage-adapters/migrations";

// One row a target and tenant. phase: `clear`, then `people` and `orders` while the ledger is walked by id from `after_id`, then
// `feed` from `revision` on. Whoever moves a row names where it stood, so that of two processes one goes on.
const CHECKPOINTS = [
  `CREATE TABLE rk_projections (
  tenant_id {ref} NOT NULL,
  target {key} NOT NULL,
  phase {key} NOT NULL,
  after_id {ref} NOT NULL,
  revision {ref} NOT NULL,
  facts {ref} NOT NULL,
  updated_at {instant} NOT NULL,
  PRIMARY KEY (tenant_id, target)
) {clustered}`,
  `CREATE TABLE rk_projection_targets (
  target {key} NOT NULL,
  failures {int} NOT NULL,
  last_error {key},
  is_cleared {flag} NOT NULL,
  succeeded_at {instant},
  updated_at {instant} NOT NULL,
  PRIMARY KEY (target)
) {clustered}`,
];

// Edges between people, projects and doctors; via: the order or the person that says it, whose edges are replaced together.
const RELATIONS = [
  `CREATE TABLE rk_relations (
  tenant_id {ref} NOT NULL,
  via {key} NOT NULL,
  number {int} NOT NULL,
  relation {key} NOT NULL,
  from_key {key} NOT NULL,
  to_key {key} NOT NULL,
  PRIMARY KEY (tenant_id, via, number)
) {clustered}`,
  "CREATE INDEX rk_relations_from ON rk_relations (tenant_id, relation, from_key)",
  "CREATE INDEX rk_relations_to ON rk_relations (tenant_id, relation, to_key)",
];

// grams: JSON of a sparse vector of hashed character n-grams, of length 1.
const SIMILAR = [
  `CREATE TABLE rk_similar_vectors (
  tenant_id {ref} NOT NULL,
  customer_id {ref} NOT NULL,
  customer_key {key} NOT NULL,
  grams {json} NOT NULL,
  PRIMARY KEY (tenant_id, customer_id)
) {clustered}`,
  "CREATE INDEX rk_similar_vectors_key ON rk_similar_vectors (tenant_id, customer_key)",
];

/** Checkpoints of projections, and the projections that live in the ledger's own database. */
export const projectionsMigrations: MigrationSet = {
  id: "projections",
  steps: [
    { name: "create-projections", sql: (dialect) => schemaSql(dialect, [...CHECKPOINTS, ...RELATIONS, ...SIMILAR]) },
  ],
};
