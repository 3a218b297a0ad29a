import { hasControlCharacters, type Stores } from "@recallkit/core/ports";
import * as z from "zod";
import { carriesWhiteText } from "./contrast.js";

const KEY = "landing-page";
const DEFAULT_COLOUR = "#b4232a";

const line = (most: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    .refine((text) => !hasControlCharacters(text) && !/[\t\n]/.test(text), { message: "must be one line" });

/** How a merchant's pages look and what they say; absent parts have defaults. */
export const landingSettingsSchema = z.strictObject({
  brand_color: z
    .string()
    .regex(/^#[0-9a-fA-F]{6}$/, { message: "must be #rrggbb" })
    .refine(carriesWhiteText, { message: "white text on it could not be read: its contrast is below 4.5" })
    .optional()
    .describe("品牌色 #rrggbb，白字对比度须 ≥ 4.5 / brand colour"),
  logo: z
    .string()
    .regex(/^media:[0-9a-f]{64}$/, { message: "must be media:<sha256>" })
    .optional()
    .describe("先用 POST /api/media 上传 / of POST /api/media"),
  name: line(40).optional().describe("页面上的商户名称，默认为商户名 / merchant's name on pages"),
  greeting: line(120).optional().describe("问候语 / what greets people"),
  terms: z
    .string()
    .trim()
    .min(1)
    .max(2000)
    .optional()
    .describe("使用规则，优惠券未写时显示 / rules where a coupon has none"),
  shop_url: z
    .url({ protocol: /^https$/, hostname: /^[a-z0-9.-]+\.[a-z]{2,}$/i })
    .max(500)
    .optional()
    .describe("「去逛逛」的地址，https / where the shop is"),
  contact: line(80).optional().describe("联系客服的说明，例如电话 / how to reach the merchant"),
});

/** What a merchant set. */
export type LandingSettings = z.output<typeof landingSettingsSchema>;

/** The settings of a merchant. */
export async function landingSettings({ config }: Pick<Stores, "config">, tenantId: number): Promise<LandingSettings> {
  const kept = await config.get(tenantId, KEY);
  return kept === undefined ? {} : landingSettingsSchema.parse(JSON.parse(kept));
}

/** Replaces the settings of a merchant. */
export function putLandingSettings(
  { config }: Pick<Stores, "config">,
  tenantId: number,
  settings: LandingSettings,
): Promise<void> {
  return config.put(tenantId, KEY, JSON.stringify(settings));
}

/** The colour of a merchant's pages. */
export function brandColour({ brand_color: colour = DEFAULT_COLOUR }: LandingSettings): string {
  return colour.toLowerCase();
}
