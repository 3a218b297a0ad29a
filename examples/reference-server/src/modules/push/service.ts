import type { InputIssue, Label, LabelKind, PreviewWarning, Rule, TenantKit } from "@recallkit/core";
import { addDays, formatLocal, startOfDay } from "@recallkit/core/ports";
import type { ShowAddress } from "@recallkit/http";
import { miniProgramOf } from "@recallkit/wecom";
import type * as z from "zod";
import { checkExpected, contentHash, seen } from "./expected.js";
import { periodFilter, resultShape, statisticsShape } from "./figures.js";
import { inPushTerms, pushIssue } from "./rule-faults.js";
import { pushOfRule, pushTimes, ruleOfPush, statusOfNumber } from "./rule-mapping.js";
import type { listBody, PushDefinition, resultsBody, runBody, statisticsBody, testBody } from "./schema.js";

/** Tells a fault or a warning in the caller's language. */
type Tell = (issue: InputIssue) => string;

const LABEL_PAGE = 200;
const MAX_PAGE_SIZE = 200;
const MAX_RESULTS = 20;

/** Pushes of one tenant: rules in the words of the documents. */
export function pushService(kit: TenantKit) {
  const zone = async () => (await kit.tenant()).timeZone;

  return {
    /** @returns what would keep the new push from going out as things are now */
    async create(push: PushDefinition, tell: Tell): Promise<PushWarning[]> {
      const status = statusOfNumber(push.status ?? 0);
      return inPushTerms(async () => warningsOf(kit, await kit.rules.create(ruleOfPush(push), { status }), tell));
    },

    /** Replaces the whole definition; what a push cannot express stays. Without a status the present one stays. */
    async edit(id: number, push: PushDefinition, tell: Tell): Promise<PushWarning[]> {
      return inPushTerms(async () => {
        const { name: _, segment, slots: __, content, ...others } = (await kit.rules.get(id)).definition;
        const kept = { ...others, segment };
        const status = push.status === undefined ? {} : { status: statusOfNumber(push.status) };
        const rule = await kit.rules.edit(id, ruleOfPush(push, kept, miniProgramOf(content)?.appId), status);
        return warningsOf(kit, rule, tell);
      });
    },

    async setStatus(id: number, status: 0 | 1): Promise<void> {
      await inPushTerms(() => kit.rules.setStatus(id, statusOfNumber(status)));
    },

    async remove(id: number): Promise<void> {
      await inPushTerms(() => kit.rules.delete(id));
    },

    /** One numbered page, newest first; a page size outside 1 … 200 is moved to the nearer end. */
    async list(query: z.output<typeof listBody>) {
      const timeZone = await zone();
      const pagesize = Math.min(Math.max(query.pagesize, 1), MAX_PAGE_SIZE);
      const page = Math.max(query.page, 1);
      const { startTime, endTime, searchText } = query;
      const filter = {
        ...(searchText && { search: searchText }),
        ...(startTime !== undefined && { createdFrom: startOfDay(startTime, timeZone) }),
        ...(endTime !== undefined && { createdTo: startOfDay(addDays(endTime, 1), timeZone) }),
      };
      const { items, total } = await kit.rules.page(filter, { offset: (page - 1) * pagesize, limit: pagesize });
      const lastRuns = await kit.occurrences.lastRuns(items.map(({ id }) => id));
      const data = items.map((rule) => {
        const { id, name, status } = pushOfRule(rule);
        return { id, name, status, ...pushTimes(rule, timeZone, lastRuns.get(id) ?? null) };
      });
      return { data, total, page, pagesize, pages: Math.ceil(total / pagesize) };
    },

    async info(id: number) {
      return inPushTerms(async () => {
        const rule = await kit.rules.get(id);
        const lastRuns = await kit.occurrences.lastRuns([id]);
        const times = pushTimes(rule, await zone(), lastRuns.get(id) ?? null);
        return { ...pushOfRule(rule), version: rule.version, ...times };
      });
    },

    /** The library: all labels of the small kinds, and one page of SKUs after `skuAfter`. */
    async labels(skuAfter?: string) {
      const skus = await kit.labels.list("sku", { limit: LABEL_PAGE, cursor: skuAfter });
      const [cities, stores, categories, brands] = await Promise.all([
        allLabels(kit, "city"),
        allLabels(kit, "store"),
        allLabels(kit, "category"),
        allLabels(kit, "brand"),
      ]);
      return {
        cityLabels: cities.map(({ key }) => key),
        storeLabels: stores.map(idAndName),
        cateLabels: categories.map(idAndName),
        brandLabels: brands.map(({ key }) => key),
        skuLabels: skus.items.map(idAndName),
        nextSkuAfter: skus.nextCursor,
      };
    },

    /** Every version, newest first, as it could be read at its time. */
    async versions(id: number) {
      return inPushTerms(async () => {
        const { timeZone } = await kit.tenant();
        return (await kit.rules.versions(id)).map(({ version, definition, createdAt }) => {
          const { id: _, status: __, ...push } = pushOfRule({ id, status: "active", definition });
          return { version, editTime: formatLocal(createdAt, timeZone), ...push };
        });
      });
    },

    /** What a push would do, without doing it. */
    async preview(push: PushDefinition | { readonly id: number }, tell: Tell) {
      return inPushTerms(async () => {
        const source = "id" in push ? await kit.rules.get(push.id) : ruleOfPush(push);
        const { count, steps, sample, warnings, batches, asked, contacted, reasons, asOf } =
          await kit.audience.preview(source);
        return {
          count,
          steps: steps.map((step) => ({ ...step })),
          sample: sample.map(({ customerId, externalKey }) => ({ customerId, customerKey: externalKey })),
          warnings: warnings.map((warning) => warningShape(warning, tell)),
          batches,
          asked,
          contacted,
          reasons: { ...reasons },
          segments: null,
          as_of: asOf,
          content_hash: contentHash(source),
        };
      });
    },

    /** Sends a push to a few people beforehand. */
    async test(body: z.output<typeof testBody>, requestId: string | undefined) {
      const { id, externalUserids, staffUserids } = body;
      return inPushTerms(() =>
        kit.sendTest(id, {
          ...(externalUserids && { addresses: externalUserids }),
          ...(staffUserids && { staff: staffUserids }),
          ...(requestId !== undefined && { requestId }),
        }),
      );
    },

    /** One numbered page of batches with the documented `result`, newest first; a page holds at most 20. */
    async results(query: z.output<typeof resultsBody>, show: ShowAddress) {
      const timeZone = await zone();
      const pagesize = Math.min(Math.max(query.pagesize, 1), MAX_RESULTS);
      const page = Math.max(query.page, 1);
      const range = { offset: (page - 1) * pagesize, limit: pagesize };
      const { items, total } = await kit.results.page(periodFilter(query, timeZone), range);
      const data = items.map((result) => resultShape(result, timeZone, show));
      return { data, total, page, pagesize, pages: Math.ceil(total / pagesize) };
    },

    /** Figures of the pushes of a filter. */
    async statistics(query: z.output<typeof statisticsBody>) {
      return statisticsShape(await kit.statistics(periodFilter(query, await zone())));
    },

    /** @returns the id of the occurrence; the same request id gives the same one */
    async run({ id, force, expected }: z.output<typeof runBody>, requestId?: string): Promise<number> {
      return inPushTerms(async () => {
        if (expected) checkExpected(expected, await seen(kit, await kit.rules.get(id)));
        return (await kit.occurrences.runNow(id, { force, requestId })).id;
      });
    },
  };
}

/** What would keep a push from going out, in the fields of a push. */
interface PushWarning {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

/** A warning of a preview; what would keep the content from going out has a code of its own. */
function warningShape({ code, message, detail = "", obstacle }: PreviewWarning, tell: Tell) {
  const fault = obstacle ? pushIssue(obstacle) : { path: "", code, message, params: { detail } };
  return { code: fault.code, message: tell(fault) };
}

async function warningsOf(kit: TenantKit, rule: Rule, tell: Tell): Promise<PushWarning[]> {
  return (await kit.rules.obstacles(rule)).map((issue) => {
    const { path, code } = pushIssue(issue);
    return { path, code, message: tell({ ...issue, path }) };
  });
}

async function allLabels(kit: TenantKit, kind: LabelKind) {
  const labels: Label[] = [];
  for await (const label of kit.labels.all(kind)) labels.push(label);
  return labels;
}

function idAndName({ key, name }: { readonly key: string; readonly name: string }) {
  return { id: key, name };
}
