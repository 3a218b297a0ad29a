import { ConflictError } from "@recallkit/core";
import { type ScriptFacts, type ScriptRequest, sha256Hex } from "@recallkit/core/ports";
import { promptFor, writeChecked } from "@recallkit/core/script";
import { declaredFacts, hasWidenedConsent } from "./declared-facts.js";
import { checkOf, isReviewedPromotion, limitsOf, openDesk, type ScriptDesk, writersOf } from "./desk.js";
import { giveUpTurn, type KeptScript, keepScript, type OwnTurn, scriptOf, takeTurn } from "./ledger.js";
import type { BirthdayRequest, PromotionRequest, ScriptAuthor, WriteScriptRequest } from "./script.js";
import { costMicros } from "./spend.js";
import { templateOf } from "./templates.js";

/** How often a process looks whether another one has written. */
const LOOK_AGAIN_MS = 200;
/** Beside two calls of a model. */
const LEASE_MARGIN_MS = 30_000;
/** Changes when texts of the same inputs should be written anew. */
const FORM = "1";

/**
 * Writes a text for a person, or finds the one that was written of the same inputs.
 *
 * @throws {ConflictError} `script.no-text`: no text passes the gate, not even those that stand ready; `script.not-reviewed`:
 *   a promotion without a certificate of review
 * @throws {NotFoundError} `script-template.not-found`
 */
export async function writeScript(author: ScriptAuthor, request: WriteScriptRequest): Promise<KeptScript> {
  const desk = await openDesk(author, request.tenantId);
  return request.purpose === "promotion" ? promotion(author, desk, request) : greeting(author, desk, request);
}

async function greeting(author: ScriptAuthor, desk: ScriptDesk, request: BirthdayRequest): Promise<KeptScript> {
  const { stores } = author.context;
  const { tenantId, customerId, channel, purpose, occasion, otherNames = [] } = request;
  const mayWiden = desk.model !== null && desk.settings.widened.length > 0;
  const hasConsent = mayWiden && (await hasWidenedConsent(stores, tenantId, customerId));
  const { facts, quoted } = declaredFacts(request.facts, desk.settings, hasConsent, desk.gate);
  const limits = limitsOf(channel, desk.settings);
  const asked: Omit<ScriptRequest, "seed"> = { purpose, facts, quoted, limits };
  // For its templates the institution answers, for a text of a model nobody does.
  const check = (text: string, model: string | null) =>
    checkOf(desk, text, { facts, limits, otherNames, isUnanswered: model !== null });
  const inputs = [
    ...[FORM, purpose, channel, customerId, occasion ?? "", desk.model, sorted(facts), limits],
    desk.model === null ? "" : promptFor({ ...asked, seed: "" }),
    desk.ready.map(({ id, text }) => [id, text]),
    desk.edits.map(({ kind, word, severity }) => [kind, word, severity]),
  ];
  const hash = sha256Hex(JSON.stringify(inputs));
  const seed = `${customerId ?? ""} ${occasion ?? ""}`;

  const write = async (turn: OwnTurn) => {
    const { writer, fallBacks } = await writersOf(author, desk, request.now);
    const written = await writeChecked(
      { writer, fallBacks, check },
      { ...asked, seed },
      author.signal ? { signal: author.signal } : {},
    );
    if (!written) throw new ConflictError("script.no-text", "no text passes the gate, not even those that stand ready");
    const engine = written.model === null ? ("template" as const) : ("model" as const);
    const cost = costMicros(written.tokens, author.context.config.llm.prices);
    const kept = { ...written, engine, costMicros: cost, templateId: null };
    return keepScript(stores, tenantId, turn, kept, author.context.clock.now());
  };
  const script = await once(author, { tenantId, customerId, purpose, channel, inputHash: hash }, write);
  if (check(script.text, script.model).verdict === "pass") return script;
  // It passed when it was written. What is looked for now, such as another's name, makes it another input.
  const inputHash = sha256Hex(`${hash} ${otherNames.toSorted().join("\n")} ${script.text}`);
  return once(author, { tenantId, customerId, purpose, channel, inputHash }, write);
}

/** Verbatim as it was reviewed, or not at all. */
async function promotion(author: ScriptAuthor, desk: ScriptDesk, request: PromotionRequest): Promise<KeptScript> {
  const { tenantId, customerId, channel, purpose, templateId, occasion = "" } = request;
  const { stores, clock } = author.context;
  const template = await templateOf(stores, tenantId, templateId);
  const limits = limitsOf(channel, desk.settings);
  if (!isReviewedPromotion(template) || checkOf(desk, template.text, { facts: {}, limits }).verdict !== "pass") {
    throw new ConflictError("script.not-reviewed", "only an active promotion with a certificate of review is sent");
  }
  const inputs = [
    FORM,
    purpose,
    channel,
    customerId,
    occasion,
    templateId,
    template.text,
    template.reviewCertificateNo,
  ];
  const place = { tenantId, customerId, purpose, channel, inputHash: sha256Hex(JSON.stringify(inputs)) };
  return once(author, place, (turn) => {
    const nothing = { findings: [], prompts: [], drafts: [], tokens: { prompt: 0, completion: 0 }, costMicros: 0 };
    const written = { text: template.text, engine: "template" as const, model: null, verdict: "pass" as const };
    return keepScript(stores, tenantId, turn, { ...written, ...nothing, templateId }, clock.now());
  });
}

/** Has a text written by one process only; the others wait for it. */
async function once(
  { context: { stores, clock, config }, signal }: ScriptAuthor,
  place: Parameters<typeof takeTurn>[1],
  write: (turn: OwnTurn) => Promise<boolean>,
): Promise<KeptScript> {
  const leaseMs = 2 * config.llm.timeoutMs + LEASE_MARGIN_MS;
  for (;;) {
    signal?.throwIfAborted();
    const turn = await takeTurn(stores, place, { now: clock.now(), leaseMs });
    if (turn.kind === "written") return turn.script;
    if (turn.kind === "others") {
      await clock.sleep(LOOK_AGAIN_MS, signal);
      continue;
    }
    try {
      if (await write(turn)) return await scriptOf(stores, place.tenantId, turn.id);
    } catch (error) {
      await giveUpTurn(stores, place.tenantId, turn);
      throw error;
    }
  }
}

function sorted(facts: ScriptFacts): readonly (readonly [string, string | number])[] {
  return Object.entries(facts).toSorted(([a], [b]) => (a < b ? -1 : 1));
}
