import { useQuery, useQueryClient } from "@tanstack/vue-query";
import { computed } from "vue";
import { answer, api, Failure, isSignedOut } from "../api/client";
import type { paths } from "../api/schema";

/** Who is signed in, and what is here for them. */
export type Me = paths["/api/me"]["get"]["responses"][200]["content"]["application/json"];

/** The caller; undefined before it is known. */
export function useMe() {
  const { data, error, refetch } = useQuery({
    queryKey: ["me"],
    async queryFn({ signal }) {
      const { username } = await answer(api.GET("/api/session", { signal }));
      if (username !== null) return answer(api.GET("/api/me", { signal }));
      isSignedOut.value = true;
      throw new Failure(401, "", {}, null);
    },
    staleTime: 60_000,
  });
  return { me: data, error, refetch };
}

/** What every page behind the sign-in may count on. */
export function useCaller() {
  const { me } = useMe();
  const zone = computed(() => me.value?.tenant.time_zone ?? "Asia/Shanghai");
  const currency = computed(() => me.value?.tenant.currency ?? "CNY");
  const can = (permission: string) => me.value?.permissions.some((one) => one === permission) ?? false;
  return { me, zone, currency, can };
}

/** Signing in and out. */
export function useSession() {
  const client = useQueryClient();
  return {
    async signIn(username: string, password: string): Promise<void> {
      await answer(api.POST("/api/session", { body: { username, password } }));
      isSignedOut.value = false;
      await client.invalidateQueries();
    },
    async signOut(): Promise<void> {
      await answer(api.DELETE("/api/session"));
      client.clear();
      isSignedOut.value = true;
    },
  };
}
