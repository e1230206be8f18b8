import { clip } from '../text/html.ts';

/** The name to show of an admin: Telegram lets people call themselves anything, so it is short and never empty. */
export function adminName(user: {
  id: number;
  first_name: string;
  last_name?: string | undefined;
  username?: string | undefined;
}): string {
  const name = [user.first_name, user.last_name].filter(Boolean).join(' ').trim();
  return clip(name || user.username || String(user.id), 64);
}
