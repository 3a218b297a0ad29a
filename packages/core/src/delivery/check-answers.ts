import { RecallKitError } from "../errors.js";
import type { DeliveryReport, FoundMessage, SendOutcome } from "../ports/channel.js";
import type { Confirmation } from "./delivery.js";

/**
 * What a channel answered to a send, if it is of the form that the port asks for: one outcome for each recipient, each of a
 * known kind with what belongs to it. The engine believes nothing else.
 *
 * @throws {RecallKitError} `channel.malformed-response`: nobody knows what became of the recipients
 */
export function checkedOutcomes(channel: string, answer: unknown, recipients: number): readonly SendOutcome[] {
  if (!Array.isArray(answer)) throw malformed(channel, `answered ${kindOf(answer)} instead of a list of outcomes`);
  if (answer.length !== recipients) {
    throw malformed(channel, `answered ${answer.length} outcomes for ${recipients} recipients`);
  }
  // Holes of a list are seen by an index only.
  return Array.from(answer, (outcome: unknown, index) => checkedOutcome(channel, outcome, index));
}

function checkedOutcome(channel: string, outcome: unknown, index: number): SendOutcome {
  if (typeof outcome !== "object" || outcome === null || !("kind" in outcome)) {
    throw malformed(channel, `outcome ${index} is ${kindOf(outcome)}`);
  }
  const { kind, providerMessageId, notBefore, reason, providerCode }: Loose<SendOutcome> = outcome;
  switch (kind) {
    case "accepted":
      if (typeof providerMessageId === "string" && providerMessageId !== "") return { kind, providerMessageId };
      throw malformed(channel, `outcome ${index} is accepted without a providerMessageId`);
    case "refused":
      return {
        kind,
        reason: typeof reason === "string" && reason !== "" ? reason : "rejected_by_provider",
        ...(typeof providerCode === "string" && { providerCode }),
      };
    case "deferred":
      if (typeof notBefore === "number" && Number.isSafeInteger(notBefore)) return { kind, notBefore };
      throw malformed(channel, `outcome ${index} is deferred to no instant`);
    case "unknown":
      return { kind, reason: typeof reason === "string" ? reason : "unknown" };
    default:
      throw malformed(channel, `outcome ${index} is of no kind that is known`);
  }
}

/**
 * The groups that a channel divided a batch into, without empty ones.
 *
 * @throws {RecallKitError} `channel.malformed-response`: they are no groups of these addresses
 */
export function checkedGroups(
  channel: string,
  answer: unknown,
  addresses: readonly string[],
): readonly (readonly string[])[] | undefined {
  if (answer === undefined) return undefined;
  if (!Array.isArray(answer) || !answer.every(Array.isArray)) {
    throw malformed(channel, `divided a batch into ${kindOf(answer)} that holds no groups`);
  }
  const left = new Set<unknown>(addresses);
  const groups: readonly unknown[][] = answer;
  if (!groups.every((group) => group.every((address) => left.delete(address)))) {
    throw malformed(channel, "divided a batch into groups that are not its own");
  }
  // Every member is one of the addresses.
  return (groups as string[][]).filter((group) => group.length > 0);
}

type Loose<T> = { readonly [K in T extends unknown ? keyof T : never]?: unknown };

/** Who of the staff has confirmed. @throws {RecallKitError} `channel.malformed-response`: it says nothing */
export function checkedConfirmations(channel: string, answer: unknown): readonly Confirmation[] {
  if (!Array.isArray(answer)) throw malformed(channel, `told of staff by ${kindOf(answer)}`);
  return Array.from(answer, (row: unknown, index) => {
    if (typeof row !== "object" || row === null) throw malformed(channel, `member ${index} is ${kindOf(row)}`);
    const { staff, isConfirmed, confirmedAt }: Loose<Confirmation> = row;
    if (typeof staff !== "string" || staff === "") throw malformed(channel, `member ${index} has no name`);
    const at = typeof confirmedAt === "number" && Number.isSafeInteger(confirmedAt) ? confirmedAt : null;
    return { staff, isConfirmed: isConfirmed === true, confirmedAt: at };
  });
}

/** What a channel answered to a look-up. @throws {RecallKitError} `channel.malformed-response`: it says nothing */
export function checkedFinds(channel: string, answer: unknown): readonly FoundMessage[] {
  if (!Array.isArray(answer)) throw malformed(channel, `answered ${kindOf(answer)} to a look-up`);
  return Array.from(answer, (found: unknown, index) => {
    const { providerMessageId, createdAt, address }: Loose<FoundMessage> =
      typeof found === "object" && found !== null ? found : {};
    if (typeof providerMessageId === "string" && typeof createdAt === "number" && Number.isFinite(createdAt)) {
      return { providerMessageId, createdAt, ...(typeof address === "string" && { address }) };
    }
    throw malformed(channel, `message ${index} of a look-up has no id or no instant`);
  });
}

/** The reports of a page that are of the form that the port asks for, and how many are not. */
export function checkedReports(page: unknown): { readonly reports: readonly DeliveryReport[]; readonly wrong: number } {
  if (!Array.isArray(page)) return { reports: [], wrong: 1 };
  const reports = page.filter(isReport);
  return { reports, wrong: page.length - reports.length };
}

function isReport(report: unknown): report is DeliveryReport {
  if (typeof report !== "object" || report === null) return false;
  const { address, kind, at, reason, providerMessageId }: Loose<DeliveryReport> = report;
  return (
    typeof address === "string" &&
    (kind === "delivered" || kind === "not_delivered" || kind === "pending") &&
    (at === undefined || (typeof at === "number" && Number.isSafeInteger(at))) &&
    (reason === undefined || typeof reason === "string") &&
    (providerMessageId === undefined || typeof providerMessageId === "string")
  );
}

function malformed(channel: string, what: string): RecallKitError {
  return new RecallKitError("channel.malformed-response", `${channel} ${what}`);
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "a list" : typeof value;
}
