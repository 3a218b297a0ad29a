import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/vue-query";
import { computed, type MaybeRefOrGetter, toValue } from "vue";
import { answer, api, Failure, serverRoot } from "../api/client";
import type { paths } from "../api/schema";
import { MOST_PAGES } from "../shell/listing";

/** An import with what is known of its file. */
export type Import = paths["/api/imports/{id}"]["get"]["responses"][200]["content"]["application/json"];
export type ImportFigures = NonNullable<Import["result"]>;
export type Mapping = NonNullable<Import["guess"]>["mapping"];
export type ImportKind = "orders" | "customers" | "suppressions";
export const KINDS: readonly ImportKind[] = ["orders", "customers", "suppressions"];

/** True while the server works on it. */
export function isWorking({ state }: Pick<Import, "state">): boolean {
  return state === "queued" || state === "running";
}

const BEAT_MS = 1_500;

export function useImports() {
  return useInfiniteQuery({
    queryKey: ["imports"],
    queryFn: ({ pageParam, signal }) =>
      answer(
        api.GET("/api/imports", { params: { query: { limit: 20, ...(pageParam && { cursor: pageParam }) } }, signal }),
      ),
    initialPageParam: "",
    getNextPageParam: ({ next_cursor }) => next_cursor,
    maxPages: MOST_PAGES,
    refetchInterval: 5 * BEAT_MS,
  });
}

export function useImport(id: MaybeRefOrGetter<number>) {
  return useQuery({
    queryKey: ["import", computed(() => toValue(id))],
    queryFn: ({ signal }) => answer(api.GET("/api/imports/{id}", { params: { path: { id: toValue(id) } }, signal })),
    refetchInterval: ({ state }) => (state.data && isWorking(state.data) ? BEAT_MS : false),
  });
}

/** What can be done with one. */
export function useImportSteps(id: MaybeRefOrGetter<number>) {
  const client = useQueryClient();
  const params = () => ({ path: { id: toValue(id) } });
  const step = <A>(work: (argument: A) => Promise<unknown>) =>
    useMutation({
      mutationFn: work,
      onSuccess: () =>
        Promise.all([
          client.invalidateQueries({ queryKey: ["import"] }),
          client.invalidateQueries({ queryKey: ["imports"] }),
        ]),
    });
  return {
    // The answer has the first values of the columns, which nothing else tells.
    map: useMutation({
      mutationFn: (body: { readonly mapping?: Mapping; readonly reading?: Record<string, string> }) =>
        answer(api.PUT("/api/imports/{id}/mapping", { params: params(), body })),
      onSuccess: (told) => client.setQueryData(["import", told.id], told),
    }),
    tryOut: step(() => answer(api.POST("/api/imports/{id}/dry-run", { params: params() }))),
    start: step(() => answer(api.POST("/api/imports/{id}/start", { params: params() }))),
    cancel: step(() => answer(api.POST("/api/imports/{id}/cancel", { params: params() }))),
  };
}

/** Sends a file as it is, and tells how far it is. @throws {Failure} as every call */
export function upload(file: File, kind: ImportKind, onProgress: (share: number) => void): Promise<Import> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const query = new URLSearchParams({ name: file.name.slice(0, 255), kind });
    request.open("POST", `${serverRoot}/api/imports?${query}`);
    request.setRequestHeader("content-type", "application/octet-stream");
    request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0);
    request.onerror = () => reject(new TypeError("network"));
    request.onload = () => {
      const body: Partial<Import> & { readonly detail?: string } = parsed(request.responseText);
      if (request.status < 300 && body.id !== undefined) resolve(body as Import);
      else
        reject(
          new Failure(
            request.status,
            body.detail ?? `HTTP ${request.status}`,
            {},
            request.getResponseHeader("x-request-id"),
          ),
        );
    };
    request.send(file);
  });
}

function parsed(text: string): Record<string, never> {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

/** A mapping with one question answered: `amount`, or an entry of a table, `statuses.SHIPPED`. */
export function answered(mapping: Mapping, path: string, reply: string): Mapping {
  const [option = "", ...rest] = path.split(".");
  if (rest.length === 0) return { ...mapping, [option]: reply };
  const table = Reflect.get(mapping, option);
  return { ...mapping, [option]: { ...(typeof table === "object" && table), [rest.join(".")]: reply } };
}

/** A mapping in which a column of the file stands for another field, or for none. */
export function remapped(mapping: Mapping, column: string, field: string): Mapping {
  const columns: Record<string, unknown> = { ...Object(Reflect.get(mapping, "columns")) };
  for (const [name, used] of Object.entries(columns)) if (used === column || name === field) delete columns[name];
  if (field !== "") columns[field] = column;
  return { ...mapping, columns };
}

/** The field that a column stands for; empty: it is not imported. */
export function fieldOf(mapping: Mapping, column: string): string {
  const columns: Record<string, unknown> = Object(Reflect.get(mapping, "columns"));
  return Object.entries(columns).find(([, used]) => used === column)?.[0] ?? "";
}
