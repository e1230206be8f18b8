import type { Milliseconds } from '#kernel/clock.ts';
import type { JsonObject } from '#kernel/json.ts';

/** A setting that admins change from the chat; settings of the environment are not stored. */
export interface StoredSetting {
  key: string;
  value: JsonObject;
  /** Rises by one with every change; 0 stands for a setting that was never changed. */
  version: number;
  updatedAt: Milliseconds;
}

export interface SettingStore {
  findSetting(key: string): Promise<StoredSetting | undefined>;
  /** Stores version `expectedVersion + 1`; false when another change came first. The caller writes the audit row. */
  changeSetting(input: {
    key: string;
    value: JsonObject;
    expectedVersion: number;
    updatedAt: Milliseconds;
  }): Promise<boolean>;
}
