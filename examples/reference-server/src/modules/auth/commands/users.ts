import { readFile } from "node:fs/promises";
import { ConfigError } from "@recallkit/core";
import { Option } from "commander";
import { type AddCommand, type CommandContext, wholeNumber } from "../../../cli/command.js";
import { withExisting, withKit } from "../../../cli/database.js";
import { type AccountContext, accountContext, noteChange } from "../../../cli/server-context.js";
import { alignedTable } from "../../../cli/table.js";
import { ROLES, type Role } from "../../../frame/roles.js";
import {
  createUser,
  editUser,
  isCommonPassword,
  isPasswordHash,
  listMembers,
  type Member,
  type NewUser,
  removeUser,
  type UserPatch,
} from "../service.js";

interface CreateFlags {
  readonly role: Role;
  readonly passwordFile?: string;
  readonly passwordHash?: string;
}

interface EditFlags {
  readonly role?: Role;
  readonly passwordFile?: string;
  readonly newPassword?: boolean;
  readonly disable?: boolean;
  readonly enable?: boolean;
}

const PASSWORD_BYTES = 15;
const LEAST_PASSWORD = 8;
const MOST = 200;
const id = wholeNumber(1, Number.MAX_SAFE_INTEGER);

/** `users list|create|edit|remove`: people of the command's tenant. */
export const addUsers: AddCommand = (program, { say, action }) => {
  const users = program.command("users").description(say("登录账号", "people who log in"));
  const role = () => new Option("--role <role>", say("角色", "role")).choices([...ROLES]);
  const file = () =>
    new Option(
      "--password-file <path>",
      say("从文件第一行读取密码", "read the password from the first line of a file"),
    );
  users
    .command("list")
    .description(say("列出账号", "list users"))
    .action(action((context) => list(context)));
  users
    .command("create")
    .description(say("新增账号；不给密码则生成并显示一次", "add a user; without a password one is made and shown once"))
    .argument("<username>")
    .addOption(role().default("staff"))
    .addOption(file())
    .option(
      "--password-hash <hash>",
      say("旧系统保存的 SHA-256 或 scrypt", "SHA-256 or scrypt that an older system kept"),
    )
    .action(action((context, username: string, flags: CreateFlags) => create(context, username, flags)));
  users
    .command("edit")
    .description(say("修改角色、密码或状态", "change role, password or status"))
    .argument("<id>", say("账号编号", "id of the user"), id)
    .addOption(role())
    .addOption(file())
    .option("--new-password", say("生成新密码并显示一次", "make a new password and show it once"))
    .option("--disable", say("停用", "no more logins"))
    .option("--enable", say("启用", "logins again"))
    .action(action((context, userId: number, flags: EditFlags) => edit(context, userId, flags)));
  users
    .command("remove")
    .description(say("移出本商户", "take out of the tenant"))
    .argument("<id>", say("账号编号", "id of the user"), id)
    .action(action((context, userId: number) => remove(context, userId)));
};

type AccountWork = (accounts: AccountContext) => Promise<void>;

function withAccounts(context: CommandContext, work: AccountWork): Promise<void> {
  return withExisting(context, async (_, { stores }) => work(await accountContext(context, stores)));
}

/** The command line stands above all tenants. */
function manager({ tenantId }: CommandContext) {
  return { tenantId, isPlatform: true };
}

async function list(context: CommandContext): Promise<void> {
  await withAccounts(context, async ({ stores }) => {
    const { items, total } = await listMembers(stores, context.tenantId, { offset: 0, limit: MOST });
    context.answer({ users: items.map(shape), total }, () =>
      alignedTable([
        ["id", context.say("用户名", "name"), context.say("角色", "role"), context.say("状态", "status")],
        ...items.map((user) => [String(user.id), user.username, user.role, user.status]),
      ]),
    );
  });
}

async function create(context: CommandContext, username: string, flags: CreateFlags): Promise<void> {
  await withKit(context, async (_, { stores }) => {
    const accounts = await accountContext(context, stores);
    const given = await passwordGiven(flags);
    const made = given === undefined ? generated(accounts) : undefined;
    const password = given ?? made ?? "";
    const user = await createUser(accounts, manager(context), { username, role: flags.role, password });
    await noteChange(context, accounts, "users.create", user.id);
    answerUser(context, user, made);
  });
}

async function edit(context: CommandContext, userId: number, flags: EditFlags): Promise<void> {
  await withAccounts(context, async (accounts) => {
    const made = flags.newPassword ? generated(accounts) : undefined;
    const given = made ?? (flags.passwordFile === undefined ? undefined : await passwordIn(flags.passwordFile));
    const status = flags.disable ? "disabled" : flags.enable ? "active" : undefined;
    const patch: UserPatch = { role: flags.role, status, password: given };
    if (Object.values(patch).every((value) => value === undefined)) {
      throw new ConfigError(
        "config.missing",
        "--role",
        "say what to change: --role, --password-file, --new-password, --disable or --enable",
      );
    }
    const user = await editUser(accounts, manager(context), userId, patch);
    await noteChange(context, accounts, "users.edit", userId);
    answerUser(context, user, made);
  });
}

async function remove(context: CommandContext, userId: number): Promise<void> {
  await withAccounts(context, async (accounts) => {
    await removeUser(accounts, manager(context), userId);
    await noteChange(context, accounts, "users.remove", userId);
    context.answer({ removed: true }, () => context.say("已移除", "removed"));
  });
}

function answerUser({ answer, say }: CommandContext, user: Member, password: string | undefined): void {
  answer({ ...shape(user), ...(password !== undefined && { password }) }, () =>
    [`${user.username} #${user.id} ${user.role} ${user.status}`, password && `${say("密码", "password")}: ${password}`]
      .filter(Boolean)
      .join("\n"),
  );
}

function shape({ id: userId, username, role, status, createdAt }: Member) {
  return { id: userId, username, role, status, created_at: createdAt };
}

function generated({ random }: AccountContext): string {
  return Buffer.from(random.bytes(PASSWORD_BYTES)).toString("base64url");
}

async function passwordGiven({ passwordHash, passwordFile }: CreateFlags): Promise<NewUser["password"] | undefined> {
  if (passwordHash !== undefined) return hashGiven(passwordHash);
  return passwordFile === undefined ? undefined : passwordIn(passwordFile);
}

async function passwordIn(file: string): Promise<string> {
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new ConfigError("config.invalid", "--password-file", "the password file cannot be read", { cause });
  });
  const [password = ""] = text.split(/\r?\n/);
  const fault = (message: string) => new ConfigError("config.invalid", "--password-file", message);
  if (password.length < LEAST_PASSWORD) throw fault(`a password has at least ${LEAST_PASSWORD} characters`);
  if (isCommonPassword(password)) throw fault("the password is one of those that leaks hold most often");
  return password;
}

function hashGiven(hash: string): { readonly hash: string } {
  if (isPasswordHash(hash)) return { hash };
  throw new ConfigError("config.invalid", "--password-hash", "neither a SHA-256 in hex nor a scrypt hash");
}
