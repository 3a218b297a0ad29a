import type { EnvironmentFault } from "../../config/environment.js";
import type { EnvironmentValues } from "../../config/variables.js";

/** What signs and encrypts the callbacks of the official account. */
export interface AccountCallback {
  readonly token: string;
  /** Undefined in plain mode. */
  readonly encodingAesKey: string | undefined;
  readonly mode: "secure" | "plain";
  /** Of the simulator in this process; undefined where an account is configured. */
  readonly appId: string | undefined;
}

/** The app id that the simulator of the official account in this process has. */
const SIMULATED_ACCOUNT = "wx-simulator-account";

/** What the environment says of these callbacks; undefined: they are refused. */
export function accountCallbackIn(known: EnvironmentValues, maySimulate: boolean): AccountCallback | undefined {
  const { OFFICIAL_ACCOUNT_CALLBACK_TOKEN: token, OFFICIAL_ACCOUNT_CALLBACK_AES_KEY: encodingAesKey } = known;
  if (token === undefined) return undefined;
  const appId = known.OFFICIAL_ACCOUNT_APP_ID === undefined && maySimulate ? SIMULATED_ACCOUNT : undefined;
  return { token, encodingAesKey, mode: known.OFFICIAL_ACCOUNT_CALLBACK_MODE ?? "secure", appId };
}

/** What these variables miss. @param given every variable that is set, right or wrong */
export function accountCallbackFaults(given: Readonly<Record<string, string>>): readonly EnvironmentFault[] {
  const { OFFICIAL_ACCOUNT_CALLBACK_TOKEN: token, OFFICIAL_ACCOUNT_CALLBACK_AES_KEY: key } = given;
  const mode = given.OFFICIAL_ACCOUNT_CALLBACK_MODE;
  const faults: EnvironmentFault[] = [];
  if (token && !key && mode !== "plain") {
    const message = "is missing beside OFFICIAL_ACCOUNT_CALLBACK_TOKEN in secure mode";
    faults.push({ variable: "OFFICIAL_ACCOUNT_CALLBACK_AES_KEY", message });
  }
  if ((key || mode) && !token) {
    const message = "is missing beside the other OFFICIAL_ACCOUNT_CALLBACK_ variables";
    faults.push({ variable: "OFFICIAL_ACCOUNT_CALLBACK_TOKEN", message });
  }
  return faults;
}
