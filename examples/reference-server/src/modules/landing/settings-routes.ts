import { defineRoute } from "@recallkit/http";
import { landingSettings, landingSettingsSchema, putLandingSettings } from "./settings.js";

const facts = { path: "/api/landing-settings", tags: ["落地页 / Landing"] } as const;
const example = { brand_color: "#b4232a", greeting: "好久不见，欢迎回来", shop_url: "https://shop.example.com/" };

/** How a merchant's pages look. */
export const settingsRoutes = [
  defineRoute({
    ...facts,
    method: "get",
    auth: "landing:read",
    summary: "查看落地页外观 / See how the pages look",
    response: landingSettingsSchema,
    example: { response: example },
    handler: ({ context, session }) => landingSettings(context.stores, session.tenantId),
  }),
  defineRoute({
    ...facts,
    method: "put",
    auth: "landing:write",
    summary: "设置落地页外观 / Set how the pages look",
    description: "整体替换；没有给出的部分恢复默认。/ Replaces everything; absent parts take their defaults.",
    request: { body: landingSettingsSchema },
    response: landingSettingsSchema,
    example: { request: example, response: example },
    async handler({ body, context, session }) {
      await putLandingSettings(context.stores, session.tenantId, body);
      return body;
    },
  }),
];
