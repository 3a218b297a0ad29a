import type { CustomerInput, Random, RecallKit } from "@recallkit/core";
import { addDays, localDateOf } from "@recallkit/core/ports";
import { seededRandom } from "@recallkit/core/testing";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { institutionOf, putInstitution } from "../institutions/service.js";
import { setBirthday } from "./birthdays.js";

/** The two institutions of the documents, with people who are made up. */
const INSTITUTIONS = [
  { code: "BJ-HA-001", name: "北京示例医美诊所", address: "北京市朝阳区示例路 1 号", phone: "010-12345678" },
  { code: "SH-ML-002", name: "上海示例医美门诊", address: "上海市静安区示例路 2 号", phone: "021-12345678" },
] as const;

const PEOPLE = 60;
const SURNAMES = [..."王李张刘陈杨赵黄周吴徐孙胡朱高林何郭"];
const GIVEN = [..."静敏丽娟芳婷雪梅琳颖佳慧洁欣怡悦岚宁"];
const LEVELS = ["金卡", "银卡", "钻石卡", "普通"];
const SOURCES = ["朋友推荐", "线上咨询", "到店"];

/**
 * Makes the institutions of the documents with their people; those that are there are left alone. Birthdays of some lie in the
 * next days, one of them by the lunar calendar. Nothing is sent: an institution begins in mode test.
 */
export async function makeSampleInstitutions(
  kit: RecallKit<SqlStores>,
  { now, seed = 20_260_115 }: { readonly now: number; readonly seed?: number },
): Promise<void> {
  const { stores } = kit;
  const clock = { now: () => now };
  const { timeZone } = await kit.tenant();
  for (const [number, { code, name, address, phone }] of INSTITUTIONS.entries()) {
    if (await institutionOf(stores, code)) continue;
    const { id: tenantId } = await kit.tenants.create({ name, timeZone });
    const own = kit.forTenant(tenantId);
    const random = seededRandom(seed + number);
    const today = localDateOf(now, timeZone);
    const facts = { type: "诊所", address, phone, email: "contact@example.com", status: "active" as const };
    const people = Array.from({ length: PEOPLE }, (_, index) => person(random, code, index, { today, number }));
    await own.customers.upsert(people, { attributeTypes: { gender: "text", vip_level: "text", source: "text" } });
    const [first] = await stores.customers.findByKeys(tenantId, [`${code}-C0001`]);
    // 正月初一 of a year that nobody told.
    if (first) {
      await setBirthday(stores, clock, { tenantId, customerId: first.id }, { calendar: "lunar", month: 1, day: 1 });
    }
    // Last, so that a start that was cut off begins again.
    await putInstitution(stores, { tenantId, code, name, rowHash: null, ...facts }, now);
  }
}

function person(
  random: Random,
  code: string,
  index: number,
  { today, number }: { readonly today: string; readonly number: number },
): CustomerInput {
  const pick = <T>(all: readonly T[]): T => all[Math.floor(random.next() * all.length)] as T;
  const year = 1965 + Math.floor(random.next() * 40);
  // Of every six one has a birthday within the next week.
  const ahead = index % 6 === 0 ? Math.floor(random.next() * 8) : 8 + Math.floor(random.next() * 350);
  const day = addDays(today, ahead).slice(5);
  return {
    externalKey: `${code}-C${String(index + 1).padStart(4, "0")}`,
    name: `${pick(SURNAMES)}${pick(GIVEN)}${random.next() < 0.5 ? pick(GIVEN) : ""}`,
    bornOn: day === "02-29" ? "1988-02-29" : `${year}-${day}`,
    // Numbers that no network has given out.
    ...(index % 10 !== 9 && { mobile: `+86139000${number}${String(index).padStart(4, "0")}` }),
    attributes: { gender: random.next() < 0.9 ? "女" : "男", vip_level: pick(LEVELS), source: pick(SOURCES) },
  };
}
