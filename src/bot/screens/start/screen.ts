import { readOverview } from '#reports/overview.ts';
import type { TextContext } from '../../kit/contexts.ts';
import { type AdminEnv, commandSections } from '../../kit/env.ts';
import { replyText, replyView } from '../../kit/replies.ts';
import { defineScreen } from '../../kit/screen.ts';
import { adminName } from '../../telegram/admin-name.ts';
import { helpView } from './help-view.ts';
import { startView } from './start-view.ts';

/** What a day begins with; the rest is behind `/help`. */
const firstCommands: readonly string[] = ['orders', 'pay', 'alerts'];

async function runHelp(env: AdminEnv, ctx: TextContext): Promise<void> {
  const sections = commandSections.map((title) => ({
    title,
    commands: env.commands.filter(({ section }) => section === title),
  }));
  await replyView(ctx, helpView(sections));
}

/** A link such as `t.me/…?start=T-1042` leads to what its word names. */
async function runStart(env: AdminEnv, ctx: TextContext, words: string): Promise<void> {
  if (words === '') {
    const report = {
      ...(await readOverview(env)),
      name: adminName({ ...ctx.from, last_name: undefined }),
      commands: env.commands.filter(({ command }) => firstCommands.includes(command)),
    };
    await replyView(ctx, startView(report));
    return;
  }
  const to = env.readStartWord(words);
  if (to === undefined) await replyText(ctx, 'This link leads nowhere: /help has every command.');
  else await env.navigate({ reply: ctx }, to);
}

export const startScreen = defineScreen({
  commands: [
    {
      command: 'start',
      usage: '',
      description: 'what needs you now',
      section: 'This bot',
      permission: 'bot.use',
      run: runStart,
    },
    {
      command: 'help',
      usage: '',
      description: 'every command',
      section: 'This bot',
      permission: 'bot.use',
      run: runHelp,
    },
  ],
});
