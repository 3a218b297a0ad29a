import { ConflictError, InputError, type InputIssue } from "@recallkit/core";
import { HttpError, type Language } from "@recallkit/http";
import { type Mapping, parseMapping } from "@recallkit/import";
import type { ServerContext } from "../../frame/context.js";
import type { RowMapping } from "../../frame/row-import.js";
import type { Session } from "../../frame/session.js";
import { cancelActive } from "./active.js";
import { forgetChunks } from "./chunks.js";
import { fileOf, keepUpload, removeFiles } from "./files.js";
import { ALLOWED, type ImportJob, type Reading } from "./job.js";
import { rowKindOf } from "./kinds.js";
import { type FirstLook, type Look, lookAt } from "./look.js";
import { changeJob, deleteJob, getJob, insertJob, type JobChange } from "./store.js";

type Who = Pick<Session, "tenantId" | "actor">;

/** A file as it comes. */
export interface Upload {
  readonly body: AsyncIterable<Uint8Array>;
  readonly name: string;
  readonly kind: string | undefined;
  readonly reading: Reading;
  readonly language: Language;
}

/** Keeps a file and looks at it; a file that can't be imported leaves nothing behind. */
export async function takeFile(
  context: ServerContext,
  { tenantId, actor: createdBy }: Who,
  { body, name, kind, reading, language }: Upload,
): Promise<{ readonly job: ImportJob; readonly found: FirstLook }> {
  const { stores, config, clock, random } = context;
  const file = Buffer.from(random.bytes(16)).toString("hex");
  const bytes = await keepUpload(config, file, body);
  try {
    const found = await look(context, { tenantId, file }, { reading, kind });
    const { mapping, look: seen } = found;
    const createdAt = clock.now();
    const draft = { tenantId, name, file, bytes, reading, mapping, look: seen, language, createdBy, createdAt };
    return { job: await insertJob(stores, draft), found };
  } catch (error) {
    await removeFiles(config, { file });
    throw error;
  }
}

/**
 * Says how a file is opened and what its columns mean; what an earlier run of it did is forgotten, the rows stay.
 *
 * @throws {InputError} a mapping that is none, with paths below `mapping`
 */
export async function putMapping(
  context: ServerContext,
  { tenantId }: Who,
  id: number,
  told: { readonly reading: Reading | undefined; readonly mapping: unknown },
): Promise<{ readonly job: ImportJob; readonly found: FirstLook }> {
  const job = await getJob(context.stores, tenantId, id);
  assertIn(job, ALLOWED.change);
  const reading = told.reading ?? job.reading;
  const mapping = told.mapping === undefined ? undefined : mappingIn(told.mapping);
  const found = await look(context, job, { reading, mapping });
  const change: JobChange = {
    state: "draft",
    reading,
    mapping: found.mapping,
    look: found.look,
    error: null,
    doneRows: 0,
  };
  return context.stores.transaction(async (tx) => {
    await forgetChunks(tx, id);
    return { job: await changeIn(context, job, ALLOWED.change, change), found };
  });
}

/** Puts an import into its tenant's queue. @throws {HttpError} 422 `import.unanswered` with the questions */
export async function startImport(
  context: ServerContext,
  { tenantId }: Who,
  id: number,
  { isDryRun, language }: { readonly isDryRun: boolean; readonly language: Language },
): Promise<ImportJob> {
  const job = await getJob(context.stores, tenantId, id);
  assertIn(job, ALLOWED.start);
  const issues = openQuestions(job);
  if (issues.length > 0) throw new HttpError(422, "import.unanswered", { issues });
  const change = { state: "queued" as const, isDryRun, isCancelled: false, error: null, language };
  return changeIn(context, job, ALLOWED.start, { ...change, startedAt: null, finishedAt: null });
}

/** Ends an import; what was taken stays. One that runs ends at its next chunk. */
export async function cancelImport(context: ServerContext, { tenantId }: Who, id: number): Promise<ImportJob> {
  const { stores, clock } = context;
  const job = await getJob(stores, tenantId, id);
  assertIn(job, ALLOWED.cancel);
  cancelActive(stores, id);
  const now = clock.now();
  const isRunning = await changeJob(stores, job, ["running"], { isCancelled: true, updatedAt: now });
  if (isRunning) return getJob(stores, tenantId, id);
  // A dry run that waits is a draft again.
  const state = job.state === "queued" && job.isDryRun ? ("draft" as const) : ("cancelled" as const);
  await changeJob(stores, job, ALLOWED.cancel, { state, finishedAt: now, updatedAt: now });
  return getJob(stores, tenantId, id);
}

/** Removes an import with its files; what it has taken over stays. */
export async function removeImport(context: ServerContext, { tenantId }: Who, id: number): Promise<void> {
  const job = await getJob(context.stores, tenantId, id);
  assertIn(job, ALLOWED.remove);
  await removeFiles(context.config, job);
  await deleteJob(context.stores, job);
}

/** @throws {InputError} with paths of the request */
function mappingIn(told: unknown): Mapping | RowMapping {
  try {
    const kind = typeof told === "object" && told !== null && "kind" in told ? rowKindOf(told.kind) : undefined;
    return kind ? kind.parse(told) : parseMapping(told);
  } catch (error) {
    if (!InputError.is(error)) throw error;
    throw new InputError(error.issues.map((issue) => ({ ...issue, path: `mapping.${issue.path}` })));
  }
}

async function look(
  context: ServerContext,
  job: Pick<ImportJob, "tenantId" | "file">,
  options: {
    readonly reading: Reading;
    readonly mapping?: Mapping | RowMapping | undefined;
    readonly kind?: string | undefined;
  },
): Promise<FirstLook> {
  const { kit, config, clock } = context;
  const tenant = await kit.forTenant(job.tenantId).tenant();
  return lookAt(fileOf(config, job), { ...options, tenant, now: clock.now(), folder: config.imports.folder });
}

async function changeIn(
  { stores, clock }: ServerContext,
  job: ImportJob,
  from: readonly ImportJob["state"][],
  change: JobChange,
): Promise<ImportJob> {
  if (!(await changeJob(stores, job, from, { ...change, updatedAt: clock.now() }))) throw wrongState();
  return getJob(stores, job.tenantId, job.id);
}

function assertIn({ state }: ImportJob, states: readonly ImportJob["state"][]): void {
  if (!states.includes(state)) throw wrongState();
}

function wrongState(): ConflictError {
  return new ConflictError("import.wrong-state", "the import's state forbids it");
}

/** What has to be said before an import can run. */
function openQuestions({ look, mapping }: ImportJob): readonly InputIssue[] {
  // Written by `lookAt` only.
  const { guess, question } = look as Look;
  if (question) return [{ path: "reading", code: question.code, message: question.code }];
  if (!guess || !mapping) return [{ path: "mapping", code: "import.unanswered", message: "" }];
  return [
    ...guess.missing.map((field) => ({ path: `mapping.columns.${field}`, code: "import.column-missing", message: "" })),
    ...guess.questions.map(({ path, code, message, params }) => ({ path: `mapping.${path}`, code, message, params })),
  ];
}
