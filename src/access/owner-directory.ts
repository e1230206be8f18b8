import type { Admin, AdminDirectory } from './admin.ts';

/** The admins that the configuration names: each is an owner. */
export function createOwnerDirectory(ownerIds: readonly number[]): AdminDirectory {
  const owners = new Map<number, Admin>(ownerIds.map((id) => [id, { id, role: 'owner' }]));
  return {
    findAdmin: (telegramUserId) => Promise.resolve(owners.get(telegramUserId)),
    listAdmins: () => Promise.resolve([...owners.values()]),
  };
}
