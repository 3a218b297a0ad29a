import { ConfigError } from "@recallkit/core";
import { isLocalDate, startOfDay } from "@recallkit/core/ports";
import { roles } from "../../../app.js";
import { type AddCommand, type CommandContext, wholeNumber } from "../../../cli/command.js";
import { withExisting, withKit } from "../../../cli/database.js";
import { accountContext, noteChange } from "../../../cli/server-context.js";
import { alignedTable } from "../../../cli/table.js";
import { createApiKey, listApiKeys, revokeApiKey } from "../service.js";

interface CreateFlags {
  readonly scopes: string;
  readonly until?: string;
}

/** `api-keys list|create|revoke`: keys by which other programs call. */
export const addApiKeys: AddCommand = (program, { say, action }) => {
  const keys = program.command("api-keys").description(say("API 密钥", "API keys"));
  keys
    .command("list")
    .description(say("列出密钥", "list keys"))
    .action(action((context) => list(context)));
  keys
    .command("create")
    .description(say("新建密钥，只显示一次", "make a key; it is shown once"))
    .argument("<name>")
    .requiredOption(
      "--scopes <list>",
      `${say("逗号分隔的权限", "comma list of scopes")}: ${roles.apiKeyScopes.join(", ")}`,
    )
    .option("--until <day>", say("到这一天零点失效（默认长期有效）", "ends at the start of this day (default: never)"))
    .action(action((context, name: string, flags: CreateFlags) => create(context, name, flags)));
  keys
    .command("revoke")
    .description(say("吊销密钥", "take a key back"))
    .argument("<id>", say("密钥编号", "id of the key"), wholeNumber(1, Number.MAX_SAFE_INTEGER))
    .action(action((context, id: number) => revoke(context, id)));
};

async function list(context: CommandContext): Promise<void> {
  await withExisting(context, async (_, { stores }) => {
    const keys = await listApiKeys(stores, context.tenantId, roles.apiKeyScopes);
    const rows = keys.map(({ id, name, tokenStart, scopes, expiresAt, usedAt }) => {
      return { id, name, token_start: tokenStart, scopes, expires_at: expiresAt, used_at: usedAt };
    });
    context.answer({ api_keys: rows }, () =>
      alignedTable(
        rows.map(({ id, name, token_start, scopes }) => [String(id), name, `${token_start}…`, scopes.join(",")]),
      ),
    );
  });
}

async function create(context: CommandContext, name: string, { scopes, until }: CreateFlags): Promise<void> {
  await withKit(context, async (kit, { stores }) => {
    const accounts = await accountContext(context, stores);
    const { timeZone } = await kit.tenant();
    const made = await createApiKey(accounts, {
      tenantId: context.tenantId,
      name,
      scopes: scopesIn(scopes),
      expiresAt: until === undefined ? null : dayIn(until, timeZone),
      createdBy: "cli",
    });
    await noteChange(context, accounts, "api-keys.create", made.id);
    context.answer({ id: made.id, name, scopes: made.scopes, token: made.token }, () => made.token);
  });
}

async function revoke(context: CommandContext, id: number): Promise<void> {
  await withExisting(context, async (_, { stores }) => {
    const accounts = await accountContext(context, stores);
    await revokeApiKey(accounts, { tenantId: context.tenantId, id });
    await noteChange(context, accounts, "api-keys.revoke", id);
    context.answer({ removed: true }, () => context.say("已吊销", "revoked"));
  });
}

function scopesIn(text: string): readonly string[] {
  const given = new Set(text.split(",").map((part) => part.trim()));
  const known = roles.apiKeyScopes.filter((scope) => given.has(scope));
  if (known.length === given.size) return known;
  throw new ConfigError(
    "config.invalid",
    "--scopes",
    `--scopes must be a comma list of ${roles.apiKeyScopes.join(", ")}`,
  );
}

function dayIn(text: string, timeZone: string): number {
  if (isLocalDate(text)) return startOfDay(text, timeZone);
  throw new ConfigError("config.invalid", "--until", "--until must be a day, YYYY-MM-DD");
}
