import { ConflictError, type Rule, type RuleInput, type TenantKit } from "@recallkit/core";
import { sha256Hex } from "@recallkit/core/ports";

/** What a person saw before they confirmed. */
export interface Expected {
  /** People of the audience. */
  readonly count: number;
  /** Fingerprint of the push. */
  readonly content_hash: string;
}

const TOLERATED_SHARE = 0.01;
const TOLERATED_PEOPLE = 10;

/** Fingerprint of a push: of the version that is stored, or of what it would be. */
export function contentHash(source: Rule | RuleInput): string {
  const meant = "version" in source ? [source.id, source.version] : source;
  return sha256Hex(JSON.stringify(meant)).slice(0, 16);
}

/** What a person would see now. */
export async function seen(kit: TenantKit, rule: Rule): Promise<Expected> {
  return { count: await kit.audience.count(rule), content_hash: contentHash(rule) };
}

/**
 * The number that was confirmed is the number that is enforced, but for what changes from minute to minute.
 *
 * @throws {ConflictError} `audience.changed`, with the path of what is not as it was
 */
export function checkExpected(expected: Expected, now: Expected): void {
  if (expected.content_hash !== now.content_hash) {
    throw new ConflictError("audience.changed", "the push was edited after it was previewed");
  }
  const tolerated = Math.max(TOLERATED_PEOPLE, Math.ceil(expected.count * TOLERATED_SHARE));
  if (Math.abs(expected.count - now.count) <= tolerated) return;
  throw new ConflictError("audience.changed", `the audience had ${expected.count} people and has ${now.count}`);
}
