import type { ServerConfig } from "../config.js";
import type { EnvironmentValues } from "./variables.js";

/** The Nacos that is followed. */
export function nacosOf(known: EnvironmentValues): ServerConfig["nacos"] {
  const { NACOS_URL: url, NACOS_NAMESPACE: namespace, NACOS_GROUP: group, NACOS_DATA_ID: dataId } = known;
  const { NACOS_USERNAME: username, NACOS_PASSWORD: password } = known;
  if (url === undefined) return undefined;
  const login = username !== undefined && password !== undefined ? { username, password } : undefined;
  return { url, namespace, group, dataId, login };
}

/** The xxl-job-admin that drives the jobs. */
export function xxlJobOf(known: EnvironmentValues): ServerConfig["xxlJob"] {
  const { XXL_JOB_ADMIN_URL: adminUrls, XXL_JOB_ACCESS_TOKEN: accessToken, XXL_JOB_APP_NAME: appName } = known;
  const publicUrl = known.PUBLIC_URL && `${known.PUBLIC_URL.replace(/\/$/, "")}/api/xxl-job`;
  const address = known.XXL_JOB_EXECUTOR_URL ?? publicUrl;
  if (adminUrls === undefined || accessToken === undefined || address === undefined) return undefined;
  return { adminUrls, accessToken, appName: appName ?? "recallkit", address };
}
