import { ConflictError, type TenantKit } from "@recallkit/core";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { checkText, type PersonFacts, type ScriptAuthor, writeScript } from "../scripts/service.js";
import type { RevisitDesk, TextOrder } from "./desk.js";

/** Surnames of two characters that are read as one. */
const DOUBLE_SURNAMES =
  "欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫 宗政 濮阳 公冶 太叔 申屠 公孙 慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 闾丘 令狐".split(
    " ",
  );

/** The surname of a Chinese name of two to four characters; null: the name is of another form, and nobody guesses. */
export function surnameOf(name: string | null): string | null {
  if (name === null || !/^\p{Script=Han}{2,4}$/u.test(name)) return null;
  const double = DOUBLE_SURNAMES.find((surname) => name.startsWith(surname));
  if (double) return name.length > 2 ? double : null;
  return name.length > 3 ? null : name.slice(0, 1);
}

const TITLES: Readonly<Record<string, string>> = { 女: "女士", 男: "先生" };

/** Texts of one institution by the module that writes and checks them. */
export function scriptTexts(
  author: ScriptAuthor,
  { stores, kit, salonName }: { readonly stores: SqlStores; readonly kit: TenantKit; readonly salonName: string },
): Pick<RevisitDesk, "write" | "check"> {
  const { tenantId } = kit;
  const factsOf = async (order: TextOrder): Promise<PersonFacts> => {
    const daysToBirthday = order.daysLeft;
    // One text for all of a batch names nobody, so that people of one day get the same.
    if (order.isShared) return { daysToBirthday, salonName };
    const { gender = "", vip_level: vipLevel = null } = await attributesOf(stores, tenantId, order.customerId);
    const title = TITLES[gender] ?? null;
    // A surname alone addresses nobody.
    return { surname: title && surnameOf(order.name), title, vipLevel, daysToBirthday, salonName };
  };
  return {
    async write(order, signal) {
      const { clock } = author.context;
      try {
        const { text, scriptId, model } = await writeScript(
          { ...author, signal },
          {
            ...{ tenantId, purpose: "birthday", channel: order.channel, facts: await factsOf(order) },
            customerId: order.isShared ? null : order.customerId,
            occasion: String(order.birthdayYear),
            now: clock.now(),
          },
        );
        return { text, scriptId, source: model === null ? "template" : "model" };
      } catch (error) {
        if (signal.aborted || (ConflictError.is(error) && error.code === "script.no-text")) return undefined;
        throw error;
      }
    },
    async check(text, order) {
      const { channel } = order;
      const { verdict, findings } = await checkText(author, { tenantId, text, facts: await factsOf(order), channel });
      return verdict === "pass"
        ? []
        : findings.map(({ code, start, end }) => ({ code, words: text.slice(start, end) }));
    },
  };
}

async function attributesOf(
  stores: SqlStores,
  tenantId: number,
  customerId: number,
): Promise<Readonly<Partial<Record<string, string>>>> {
  const [definitions, values] = await Promise.all([
    stores.customers.attributeDefinitions(tenantId),
    stores.customers.attributesOf(tenantId, [customerId]),
  ]);
  const names = new Map(definitions.map(({ id, name }) => [id, name]));
  return Object.fromEntries(values.map(({ attributeId, value }) => [names.get(attributeId) ?? "", String(value)]));
}
