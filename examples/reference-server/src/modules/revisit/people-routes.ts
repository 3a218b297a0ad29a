import { addressesFor } from "@recallkit/http";
import { serverRoute } from "../../frame/server-module.js";
import { visibleInstitution, visibleInstitutions } from "../institutions/service.js";
import { customerExample, dashboardExample, upcomingExample } from "./examples.js";
import { periodOf, type RevisitFigures, revisitDays, revisitFigures, sumOf } from "./figures.js";
import { openDesk } from "./open-desk.js";
import { institutionCustomers, upcomingBirthdays } from "./people.js";
import {
  codeParams,
  customersPage,
  customersQuery,
  dashboardAnswer,
  dashboardQuery,
  upcomingPage,
  upcomingQuery,
} from "./schema.js";
import { settleRevisits } from "./settle.js";

const facts = { tags: ["生日回访 / Birthday revisits"] } as const;
const UNKNOWN = { 404: { description: "机构不存在 / no such institution" } };
const USUAL_SIZE = 50;

/** People of institutions, and figures. */
export const peopleRoutes = [
  serverRoute({
    ...facts,
    method: "get",
    path: "/api/v1/customers/:code",
    auth: "revisits:read",
    summary: "机构客户列表 / Customers of an institution",
    description: "code 为机构代码；列出该机构的全部客户，分页。",
    request: { params: codeParams, query: customersQuery },
    response: customersPage,
    errors: UNKNOWN,
    example: { response: { items: [customerExample], total: 1, page: 1, page_size: 50 } },
    async handler({ params, query, session, context: { stores } }) {
      const { tenantId } = await visibleInstitution(stores, session, params.code);
      const { page = 1, page_size: size = USUAL_SIZE, search } = query;
      const { items, total } = await institutionCustomers(stores, tenantId, { page, size, search });
      const show = addressesFor(session);
      const shown = items.map(({ attributes, ...one }) => ({
        customer_code: one.customerCode,
        person: {
          ...{ name: one.name, gender: attributes.gender ?? null, birthday: one.bornOn },
          phone: one.phone === null ? null : show(one.phone),
        },
        ...{ vip_level: attributes.vip_level ?? null, source: attributes.source ?? null },
        ...{ created_at: one.createdAt, updated_at: one.updatedAt },
      }));
      return { items: shown, total, page, page_size: size };
    },
  }),
  serverRoute({
    ...facts,
    method: "get",
    path: "/api/v1/reminders/:code/upcoming-birthdays",
    auth: "revisits:read",
    summary: "即将生日的客户 / Upcoming birthdays",
    description: "从机构时区的今天起，按生日先后；含 2 月 29 日与农历生日，跨年照常。",
    request: { params: codeParams, query: upcomingQuery },
    response: upcomingPage,
    errors: UNKNOWN,
    example: {
      response: { items: [upcomingExample], total: 1, page: 1, page_size: 50, days_ahead: 7, local_day: "2026-05-12" },
    },
    async handler({ params, query, session, context }) {
      const institution = await visibleInstitution(context.stores, session, params.code);
      const { page = 1, page_size: size = USUAL_SIZE, days_ahead: asked } = query;
      const desk = openDesk(context, institution, session.actor);
      const { items, total, localDay, daysAhead } = await upcomingBirthdays(desk, { page, size, daysAhead: asked });
      const shown = items.map((one) => ({
        ...{ customer_code: one.customerCode, name: one.name, birthday: one.dayKey },
        calendar: /^\d/.test(one.dayKey) ? ("solar" as const) : ("lunar" as const),
        ...{ birthday_on: one.birthdayOn, birthday_year: one.birthdayYear, days_left: one.daysLeft },
        revisit: one.revisit,
      }));
      return { items: shown, total, page, page_size: size, days_ahead: daysAhead, local_day: localDay };
    },
  }),
  serverRoute({
    ...facts,
    method: "get",
    path: "/api/v1/analytics/dashboard",
    auth: "revisits:read",
    summary: "数据分析仪表板 / Dashboard",
    description: "按机构与期间统计，直接由记录计算；days 按发现日，期间以各机构时区的自然日为准。",
    request: { query: dashboardQuery },
    response: dashboardAnswer,
    errors: UNKNOWN,
    example: { response: dashboardExample },
    async handler({ query, session, context: { stores, kit, clock, config } }) {
      const seen =
        query.institution === undefined
          ? await visibleInstitutions(stores, session)
          : [await visibleInstitution(stores, session, query.institution)];
      const now = clock.now();
      const daysAhead = config.birthdayReminderDaysAhead;
      const own = await kit.forTenant(session.tenantId).tenant();
      const period = periodOf(now, own.timeZone, query);
      const institutions = [];
      const all: RevisitFigures[] = [];
      const days = new Map<string, { found: number; sent: number }>();
      for (const { tenantId, code, name } of seen) {
        const { timeZone } = await kit.forTenant(tenantId).tenant();
        const today = periodOf(now, timeZone, {}).to;
        await settleRevisits(stores, tenantId, { today, now });
        const { mode, ...figures } = await revisitFigures(stores, { tenantId, timeZone }, { period, now, daysAhead });
        institutions.push({ institution_code: code, name, mode, ...figuresShape(figures) });
        all.push(figures);
        for (const { day, found, sent } of await revisitDays(stores, tenantId, period)) {
          const known = days.get(day) ?? { found: 0, sent: 0 };
          days.set(day, { found: known.found + found, sent: known.sent + sent });
        }
      }
      const inOrder = [...days].sort(([a], [b]) => (a < b ? -1 : 1)).map(([day, counts]) => ({ day, ...counts }));
      return { ...period, institutions, total: figuresShape(sumOf(all)), days: inOrder };
    },
  }),
];

function figuresShape({ upcoming, notSent, writtenByModel, ...counts }: RevisitFigures) {
  const { customers, runs, found, written, waiting, planned, sent, delivered, rejected, expired } = counts;
  return {
    ...{ customers, upcoming_birthdays: upcoming, runs, found, written, waiting, planned, sent, delivered },
    ...{ not_sent: notSent, rejected, expired, written_by_model: writtenByModel },
    sent_rate: written === 0 ? null : Math.round((sent / written) * 10_000) / 10_000,
  };
}
