import { type IntentExample, modelIntents, ruleIntents, withFallBack } from "@recallkit/core/intent";
import type { IntentClassifier } from "@recallkit/core/ports";
import { modelOfTenant } from "../../scripts/service.js";
import type { Inbox } from "../inbox.js";
import { type InboxSettings, inboxSettings, rulesOf } from "../settings.js";
import { listExamples } from "./examples.js";

/** Nobody waits longer for a model: the platform wants its answer within five seconds. */
const LONGEST_MS = 3500;

/** What reads the messages of a tenant, by its settings and by what people have put right. @param learns false: not by the latter */
export async function classifierOf(
  { context, stores, tenantId }: Inbox,
  given?: InboxSettings,
  { learns = true }: { readonly learns?: boolean } = {},
): Promise<{ readonly classifier: IntentClassifier; readonly settings: InboxSettings }> {
  const settings = given ?? (await inboxSettings(stores, tenantId)).settings;
  const examples: readonly IntentExample[] = learns ? await listExamples(stores, tenantId) : [];
  const rules = ruleIntents({ rules: rulesOf(settings), examples });
  if (settings.engine === "rules") return { classifier: rules, settings };
  const model = await modelOfTenant(context, tenantId, context.clock.now());
  if (!model) return { classifier: rules, settings };
  const timeoutMs = Math.min(model.timeoutMs ?? LONGEST_MS, LONGEST_MS);
  return { classifier: withFallBack(modelIntents({ ...model, timeoutMs }), rules), settings };
}
