import { VueQueryPlugin } from "@tanstack/vue-query";
import "element-plus/theme-chalk/base.css";
import "element-plus/theme-chalk/dark/css-vars.css";
import { createApp } from "vue";
import { queryOptions } from "./api/queries";
import { router } from "./router";
import App from "./shell/app.vue";
import { loadLanguage } from "./shell/language";
import { mindLostPages } from "./shell/lost-page";
import { applyTheme } from "./shell/theme";
import "./shell/tokens.css";
import "./shell/page.css";

applyTheme();
mindLostPages(router);
const i18n = await loadLanguage();
createApp(App).use(i18n).use(router).use(VueQueryPlugin, queryOptions).mount("#app");
