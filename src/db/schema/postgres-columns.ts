import { postgresCore } from '../drizzle.ts';

const { bigint, customType } = postgresCore();

/** Every integer is eight bytes wide here, as it is in SQLite; the driver refuses what a JS number cannot hold. */
export const int8 = <Name extends string>(name: Name) => bigint(name, { mode: 'number' });

export const bytea = customType<{ data: Uint8Array; driverData: Buffer }>({
  dataType: () => 'bytea',
  toDriver: (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
});
