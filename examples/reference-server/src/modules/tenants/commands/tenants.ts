import { systemClock, type Tenant } from "@recallkit/core";
import type { AddCommand, CommandContext } from "../../../cli/command.js";
import { withKit } from "../../../cli/database.js";
import { noteChange } from "../../../cli/server-context.js";
import { alignedTable } from "../../../cli/table.js";

interface TenantFlags {
  readonly name?: string;
  readonly tz?: string;
  readonly currency?: string;
}

/** `tenants list|create|edit`. */
export const addTenants: AddCommand = (program, { say, action }) => {
  const tenants = program.command("tenants").description(say("商户", "tenants"));
  const zone = say("时区，例如 Asia/Shanghai", "zone, for example Asia/Shanghai");
  const currency = say("币种，例如 CNY", "currency, for example CNY");
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
    .action(action((context, name: string, flags: TenantFlags) => create(context, { ...flags, name })));
  tenants
    .command("edit")
    .description(say("修改 --tenant 指定的商户", "change the tenant of --tenant"))
    .option("--name <name>", say("名称", "name"))
    .option("--tz <zone>", zone)
    .option("--currency <code>", currency)
    .action(action((context, flags: TenantFlags) => edit(context, flags)));
};

async function list(context: CommandContext): Promise<void> {
  await withKit(context, async (_, { tenants }) => {
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
  await withKit(context, async (kit, { stores }) => {
    const tenant = await kit.update({ ...(name !== undefined && { name }), ...partsOf(flags) });
    await noteChange(context, { stores, clock: systemClock }, "tenants.edit", tenant.id);
    answerTenant(context, tenant);
  });
}

function partsOf({ tz, currency }: TenantFlags) {
  return { ...(tz !== undefined && { timeZone: tz }), ...(currency !== undefined && { currency }) };
}

function answerTenant({ answer }: CommandContext, tenant: Tenant): void {
  answer(shape(tenant), () => `#${tenant.id} ${tenant.name} ${tenant.timeZone} ${tenant.currency}`);
}

function shape({ id, name, timeZone, currency, createdAt }: Tenant) {
  return { id, name, time_zone: timeZone, currency, created_at: createdAt };
}
