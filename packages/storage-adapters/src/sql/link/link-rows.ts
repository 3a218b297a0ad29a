import type { FoundLink } from "@recallkit/core/ports";
import type { Kysely } from "kysely";
import type { Database } from "../../schema/database.js";

/** Links as `l`, with the names that the domain uses. */
export function linkRows(db: Kysely<Database>) {
  return db
    .selectFrom("rk_links as l")
    .leftJoin("rk_customers as c", (join) =>
      join.onRef("c.tenant_id", "=", "l.tenant_id").onRef("c.id", "=", "l.customer_id"),
    )
    .select([
      "l.id",
      "l.tenant_id as tenantId",
      "l.kind",
      "l.occurrence_id as occurrenceId",
      "l.batch_number as batchNumber",
      "l.channel",
      "l.customer_id as customerId",
      "c.external_key as externalKey",
      "l.is_test as isTest",
      "l.coupon_id as couponId",
      "l.created_at as createdAt",
      "l.expires_at as expiresAt",
      "l.revoked_at as revokedAt",
      "l.views",
      "l.first_viewed_at as firstViewedAt",
      "l.clicks",
      "l.first_clicked_at as firstClickedAt",
      "l.scans",
      "l.subject",
      "l.key_id as keyId",
      "l.code_turn as codeTurn",
    ]);
}

type LinkRow = Awaited<ReturnType<ReturnType<typeof linkRows>["execute"]>>[number];

/** A row as the domain sees it. */
export function toFound({ subject, keyId, codeTurn, isTest, ...link }: LinkRow): FoundLink {
  return { link: { ...link, isTest: isTest === 1 }, seed: seedOf({ subject, keyId, codeTurn }) };
}

/** What a link was made from; null: nothing makes it again. */
export function seedOf({ subject, keyId, codeTurn }: SeedRow): FoundLink["seed"] {
  return subject === null || keyId === null ? null : { subject, keyId, codeTurn: codeTurn ?? 0 };
}

export interface SeedRow {
  readonly subject: string | null;
  readonly keyId: string | null;
  readonly codeTurn: number | null;
}
