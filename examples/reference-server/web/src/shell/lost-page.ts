import { ref } from "vue";
import type { RouteLocationNormalized, Router } from "vue-router";

/** Address of a page that was asked for and whose code did not come; empty: there is none. */
export const lostPage = ref("");
const TRIED = "recallkit.lost-page";

/**
 * The code of a page is fetched when it is gone to. It may not come: the server is away, or it is another version by now, whose
 * files have other names. A browser keeps to such a failure until everything is read anew, so where the server answers, the page
 * is opened from the beginning, once; else the page says so, and what stood there stays.
 */
export function mindLostPages(router: Router): void {
  router.onError((_error, to: RouteLocationNormalized) => void openLost(router.resolve(to).href));
  router.afterEach((_to, _from, failure) => {
    if (failure) return;
    sessionStorage.removeItem(TRIED);
    lostPage.value = "";
  });
}

/** Opens a page from the beginning if the server is there. @param href address with the base @param isAsked again, by somebody */
export async function openLost(href: string, isAsked = false): Promise<void> {
  const isThere = await fetch(document.baseURI, { cache: "no-store" }).then(
    ({ ok }) => ok,
    () => false,
  );
  if (isThere && (isAsked || sessionStorage.getItem(TRIED) !== href)) {
    sessionStorage.setItem(TRIED, href);
    location.assign(href);
  } else lostPage.value = href;
}
