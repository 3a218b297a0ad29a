import { systemClock, type Tenant } from "@recallkit/core";
import type { AddCommand, CommandContext } from "../../../cli/command.js";
import { withExisting, withKit } from "../../../cli/database.js";
import { noteChange } from "../../../cli/server-context.js";
import { alignedTable } from "../../../cli/table.js";

interface TenantFlags {
  readonly name?: string;
  readonly tz?: string;
  readonly currency?: string;
  readonly countedStatuses?: string;
}

/** `tenants list|create|edit`. */
export const addTenants: AddCommand = (program, { say, action }) => {
  const tenants = program.command("tenants").description(say("商户", "tenants"));
  const zone = say("时区，例如 Asia/Shanghai", "zone, for example Asia/Shanghai");
  const currency = say("币种，例如 CNY", "currency, for example CNY");
  const statuses = say(
    "算作购买的订单状态，用逗号分隔，例如 paid,completed",
    "order statuses that count as a purchase, with commas, for example paid,completed",
  );
  tenants
    .command("list")
    .description(say("列出商户", "list tenants"))
    .action(action((context) => list(context)));
  tenants
    .command("create")
    .description(say("新增商户", "add a tenant"))
    .argument("<name>")
    .option("--tz <zone>", zone)
    .option("--currency <code>", currency)
    .option("--counted-statuses <list>", statuses)
    .action(action((context, name: string, flags: TenantFlags) => create(context, { ...flags, name })));
  tenants
    .command("edit")
    .description(say("修改 --tenant 指定的商户", "change the tenant of --tenant"))
    .option("--name <name>", say("名称", "name"))
    .option("--tz <zone>", zone)
    .option("--currency <code>", currency)
    .option("--counted-statuses <list>", statuses)
    .action(action((context, flags: TenantFlags) => edit(context, flags)));
};

async function list(context: CommandContext): Promise<void> {
  await withExisting(context, async (_, { tenants }) => {
    const all: ReturnType<typeof shape>[] = [];
    for await (const tenant of tenants.all()) all.push(shape(tenant));
    context.answer({ tenants: all }, () =>
      alignedTable(all.map(({ id, name, time_zone, currency }) => [String(id), name, time_zone, currency])),
    );
  });
}

async function create(context: CommandContext, { name, ...flags }: TenantFlags & { readonly name: string }) {
  await withKit(context, async (_, { tenants, stores }) => {
    const tenant = await tenants.create({ name, ...partsOf(flags) });
    await noteChange(context, { stores, clock: systemClock }, "tenants.create", tenant.id);
    answerTenant(context, tenant);
  });
}

async function edit(context: CommandContext, { name, ...flags }: TenantFlags): Promise<void> {
  await withExisting(context, async (kit, { stores }) => {
    const tenant = await kit.update({ ...(name !== undefined && { name }), ...partsOf(flags) });
    await noteChange(context, { stores, clock: systemClock }, "tenants.edit", tenant.id);
    answerTenant(context, tenant);
  });
}

function partsOf({ tz, currency, countedStatuses }: TenantFlags) {
  return {
    ...(tz !== undefined && { timeZone: tz }),
    ...(currency !== undefined && { currency }),
    ...(countedStatuses !== undefined && { countedStatuses: countedStatuses.split(",") }),
  };
}

function answerTenant({ answer }: CommandContext, tenant: Tenant): void {
  answer(shape(tenant), () => `#${tenant.id} ${tenant.name} ${tenant.timeZone} ${tenant.currency}`);
}

function shape({ id, name, timeZone, currency, countedStatuses, createdAt }: Tenant) {
  return { id, name, time_zone: timeZone, currency, counted_statuses: countedStatuses, created_at: createdAt };
}
