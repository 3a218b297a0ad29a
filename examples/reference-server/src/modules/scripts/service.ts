// What others may use of this module.

import type { GateResult } from "@recallkit/core/script";
import type { ServerContext } from "../../frame/context.js";
import { declaredFacts } from "./declared-facts.js";
import { checkOf, limitsOf, openDesk } from "./desk.js";
import type { PersonFacts, ScriptAuthor, ScriptChannel } from "./script.js";

export { modelOfTenant } from "./desk.js";
export { scriptOf } from "./ledger.js";
export type { PersonFacts, ScriptAuthor, ScriptChannel, WriteScriptRequest } from "./script.js";
export { writeScript } from "./write-script.js";

/** What writes texts with a server's own means. `signal` ends calls of a model. */
export function scriptAuthor(context: ServerContext, signal: AbortSignal = context.stopping): ScriptAuthor {
  return { context, signal };
}

/**
 * Looks at a text that a person wrote or changed: only `pass` may be sent. A reviewed promotion passes when it is verbatim.
 */
export async function checkText(
  author: ScriptAuthor,
  {
    tenantId,
    text,
    facts,
    channel,
    otherNames = [],
  }: {
    readonly tenantId: number;
    readonly text: string;
    /** Of the person whom it is for. */
    readonly facts: PersonFacts;
    readonly channel: ScriptChannel;
    readonly otherNames?: readonly string[];
  },
): Promise<GateResult> {
  const desk = await openDesk(author, tenantId);
  const known = declaredFacts(facts, desk.settings, false, desk.gate);
  return checkOf(desk, text, { facts: known.facts, limits: limitsOf(channel, desk.settings), otherNames });
}
