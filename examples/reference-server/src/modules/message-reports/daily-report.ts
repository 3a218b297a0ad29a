import { RecallKitError, type Tenant } from "@recallkit/core";
import type { MessageDay } from "@recallkit/core/ports";
import type { ServerContext } from "../../frame/context.js";
import { alertTargets, type Saying, say } from "../alerts/service.js";

interface Desk extends Pick<ServerContext, "clock" | "logger" | "transport"> {
  readonly kit: Pick<ServerContext["kit"], "tenants" | "forTenant">;
  readonly hotConfig: Pick<ServerContext["hotConfig"], "get">;
}

/** What a tenant's messages came to on the local day before. */
interface TenantDay {
  readonly tenant: Pick<Tenant, "id" | "name">;
  readonly day: MessageDay;
}

/**
 * Tells whoever is told of alerts what the messages of the day before came to, tenant by tenant; tenants without any are left out.
 * Where some were told and others were not, it is over: a repeat would tell some of them twice.
 *
 * @throws {RecallKitError} nobody could be told
 */
export async function sendDailyReport(desk: Desk): Promise<Readonly<Record<string, number>>> {
  const days = await lastDays(desk);
  const figures = {
    tenants: days.length,
    messages: days.reduce((sum, { day }) => sum + day.total, 0),
    sent: days.reduce((sum, { day }) => sum + day.sent, 0),
    failed: days.reduce((sum, { day }) => sum + day.failed, 0),
  };
  const targets = desk.hotConfig.get(alertTargets);
  if (days.length === 0 || targets.length === 0) return { ...figures, told: 0 };
  const saying = reportOf(days);
  const outcomes = await Promise.allSettled(targets.map((target) => say(target, saying, desk)));
  const failures = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason as unknown] : []));
  for (const failure of failures) {
    desk.logger.warn("message-report.not-told", { code: RecallKitError.is(failure) ? failure.code : "bug" });
  }
  const told = outcomes.length - failures.length;
  if (told === 0) throw failures[0];
  return { ...figures, told };
}

async function lastDays({ kit }: Desk): Promise<readonly TenantDay[]> {
  const days: TenantDay[] = [];
  for await (const tenant of kit.tenants.all()) {
    const [day] = await kit.forTenant(tenant.id).messages.trend({ days: 2 });
    if (day && day.total > 0) days.push({ tenant, day });
  }
  return days;
}

const percent = (rate: number | null) => (rate === null ? "–" : `${(rate * 100).toFixed(2)}%`);

/** The report as people and programs read it. */
function reportOf(days: readonly TenantDay[]): Saying {
  const date = days[0]?.day.date ?? "";
  const headline = `[日报 / daily report] ${date}`;
  const lines = days.flatMap(({ tenant, day }) => [
    `${tenant.name} (${day.date})`,
    `  接收 / accepted ${day.total}，已发 / sent ${day.sent}，失败 / failed ${day.failed}，未知 / unknown ${day.unknown}，成功率 / success ${percent(day.successRate)}`,
    ...Object.entries(day.byChannel).map(
      ([channel, { total, sent, failed, successRate }]) =>
        `  ${channel}: ${total} / ${sent} / ${failed} / ${percent(successRate)}`,
    ),
  ]);
  const tenants = days.map(({ tenant, day }) => ({
    ...{ tenant_id: tenant.id, date: day.date, total: day.total, sent: day.sent, delivered: day.delivered },
    ...{ failed: day.failed, unknown: day.unknown, success_rate: day.successRate },
  }));
  return {
    headline,
    text: [headline, ...lines].join("\n"),
    event: { kind: "daily_report", date, tenants },
    marker: `daily-report-${date}`,
  };
}
