import { useMutation, useQuery, useQueryClient } from "@tanstack/vue-query";
import { computed, type Ref } from "vue";
import { answer, api } from "../api/client";
import type { paths } from "../api/schema";

type Answer<P extends keyof paths, M extends keyof paths[P]> = paths[P][M] extends {
  responses: { 200: { content: { "application/json": infer T } } };
}
  ? T
  : never;
export type Entry = Answer<"/api/config/configs", "get">["items"][number];
export type Version = Answer<"/api/config/configs/{id}/history", "get">["items"][number];
export type Change = Version["changes"][number];

/** A key, its entry if somebody set it, and what can be done with the two. */
export function useConfigEntry(name: Ref<string>) {
  const client = useQueryClient();
  const keys = useQuery({
    queryKey: ["config-keys"],
    queryFn: ({ signal }) => answer(api.GET("/api/config/keys", { signal })),
  });
  const entries = useQuery({
    queryKey: ["configs"],
    queryFn: ({ signal }) => answer(api.GET("/api/config/configs", { params: { query: { page_size: 200 } }, signal })),
  });
  const key = computed(() => keys.data.value?.items.find((one) => one.key === name.value));
  const entry = computed(() => entries.data.value?.items.find((one) => one.key === name.value));
  const id = computed(() => entry.value?.id ?? 0);
  const history = useQuery({
    queryKey: ["config-history", id, computed(() => entry.value?.version)],
    queryFn: ({ signal }) =>
      answer(api.GET("/api/config/configs/{id}/history", { params: { path: { id: id.value } }, signal })),
    enabled: () => id.value > 0,
  });
  const refresh = () => client.invalidateQueries({ queryKey: ["configs"] });
  const save = useMutation({
    // The version that the form was filled from: another one by now is refused, and nothing written over it.
    mutationFn: ({ value, version }: { readonly value: Entry["value"]; readonly version: number | undefined }) =>
      version === undefined
        ? answer(api.POST("/api/config/configs", { body: { key: name.value, value } }))
        : answer(api.PUT("/api/config/configs/{id}", { params: { path: { id: id.value } }, body: { value, version } })),
    onSuccess: refresh,
  });
  const rollBack = useMutation({
    mutationFn: (to: number) =>
      answer(
        api.POST("/api/config/configs/{id}/rollback", {
          params: { path: { id: id.value } },
          body: { version: entry.value?.version ?? 0, to },
        }),
      ),
    onSuccess: refresh,
  });
  return { keys, entries, key, entry, history, save, rollBack, refresh };
}

/** A value as people write it. */
export function written(value: unknown): string {
  return JSON.stringify(value, null, 2);
}

/** What somebody wrote; undefined: it is no JSON. */
export function parsedValue(text: string): Entry["value"] | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
