import { clip, isVisible, oneLine } from '#kernel/text.ts';

/** The name to show of an admin: Telegram lets people call themselves anything, so it is short, and something of it is seen. */
export function adminName(user: {
  id: number;
  first_name: string;
  last_name?: string | undefined;
  username?: string | undefined;
}): string {
  const name = oneLine(`${user.first_name} ${user.last_name ?? ''}`);
  return clip(isVisible(name) ? name : user.username || String(user.id), 64);
}
