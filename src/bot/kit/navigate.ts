import type { View } from '../text/view.ts';
import type { ServedContext } from './contexts.ts';
import type { At } from './destinations.ts';
import { editView, replyView } from './replies.ts';

export function contextOf(at: At): ServedContext {
  return 'edit' in at ? at.edit : at.reply;
}

export function showView(at: At, view: View): Promise<number | undefined> {
  return 'edit' in at ? editView(at.edit, view) : replyView(at.reply, view);
}

/** What was to be shown is not there: a toast where a button was tapped, a message where there was none. */
export async function tellInstead(at: At, text: string): Promise<string> {
  if ('edit' in at) return text;
  await replyView(at.reply, { text, keyboard: [] });
  return '';
}
