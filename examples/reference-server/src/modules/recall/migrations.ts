import { type MigrationSet, schemaSql } from "@recallkit/storage-adapters/migrations";

/** Recall tasks, and the firings that each of them was made into. */
export const recallMigrations: MigrationSet = {
  id: "recall",
  steps: [
    {
      name: "create-recall-tasks",
      sql: (dialect) =>
        schemaSql(dialect, [
          `CREATE TABLE rk_recall_tasks (
  id {id},
  tenant_id {ref} NOT NULL,
  task_key {key} NOT NULL,
  name {text} NOT NULL,
  due_at {instant} NOT NULL,
  accepted {int} NOT NULL,
  rejected {int} NOT NULL,
  resend_of {ref},
  created_by {key} NOT NULL,
  created_at {instant} NOT NULL
)`,
          "CREATE UNIQUE INDEX rk_recall_tasks_key ON rk_recall_tasks (tenant_id, task_key)",
          "CREATE INDEX rk_recall_tasks_walk ON rk_recall_tasks (tenant_id, id)",
          `CREATE TABLE rk_recall_parts (
  tenant_id {ref} NOT NULL,
  task_id {ref} NOT NULL,
  number {int} NOT NULL,
  channel {key} NOT NULL,
  coupon_id {ref},
  rule_id {ref} NOT NULL,
  occurrence_id {ref} NOT NULL,
  people {int} NOT NULL,
  PRIMARY KEY (tenant_id, task_id, number)
) {clustered}`,
        ]),
    },
    {
      name: "keep-rejected-rows",
      minReader: 1,
      // What was refused of a row, never the row: its names and addresses are nobody's yet.
      sql: (dialect) =>
        schemaSql(dialect, [
          `CREATE TABLE rk_recall_rejects (
  tenant_id {ref} NOT NULL,
  task_id {ref} NOT NULL,
  number {int} NOT NULL,
  row_index {int} NOT NULL,
  path {text} NOT NULL,
  code {key} NOT NULL,
  message {text} NOT NULL,
  params {text} NOT NULL,
  PRIMARY KEY (tenant_id, task_id, number)
) {clustered}`,
        ]),
    },
  ],
};

/** Tables whose rows go with a tenant that is moved to another database. */
export const recallTenantTables = [
  { name: "rk_recall_tasks", key: ["id"], isNumbered: true },
  { name: "rk_recall_parts", key: ["task_id", "number"] },
  { name: "rk_recall_rejects", key: ["task_id", "number"] },
] as const;
