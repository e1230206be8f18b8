import { styleText } from 'node:util';
import { providerTitle } from '#kernel/provider-name.ts';
import { collectors, shopNames } from '../providers/registry.ts';
import type { DemoWorld } from './demo-world.ts';
import type { DemoOptions } from './options.ts';

// What the terminal shows once everything runs. Colours are left out where the terminal has none.

const bold = (text: string): string => styleText('bold', text);
const dim = (text: string): string => styleText('dim', text);
const link = (text: string): string => styleText(['cyan', 'underline'], text);

const traffic: Readonly<Record<DemoOptions['traffic'], string>> = {
  normal: 'an order every half minute, with trouble now and then',
  quiet: 'an order every few minutes, with trouble now and then',
  none: 'none but yours',
};

export function welcome(world: DemoWorld, options: DemoOptions): string {
  const { urls } = world;
  const places = [
    ['Chat', `${urls.chat}/`, 'the admins’ Telegram: Till and its Pager'],
    ['Shop', `${urls.shop}/`, 'buy something, as a customer would'],
    ['Providers', `${urls.providers}/`, 'checkouts, webhooks, and faults to switch on'],
    ...shopNames.map((name) => [providerTitle(name), `${urls.providers}/${name}`, 'a shop of its own'] as const),
    ['API', `${urls.till}/docs`, 'what the shop’s site calls'],
    ['Health', `${urls.till}/readyz`, ''],
    ['Metrics', `${urls.till}/metrics`, ''],
  ] as const;
  const half = collectors('underpay', 'expire').map(providerTitle)[0] ?? 'any provider';
  const tries = [
    ['Talk to Till:', '/orders, /exceptions, /books, /providers. You are Ada, the owner.'],
    ['Buy in the shop', `and pay only half with ${half}, then let it expire: the Pager rings.`],
    ['Acknowledge', 'the alert, make a new payment link from its card, and pay that.'],
    ['Give money back:', 'tap Refund on the card of a paid order, and claim it as its buyer.'],
    ['Break a provider', 'for a minute, and see what is lost: nothing.'],
  ] as const;
  const width = Math.max(...places.map(([, url]) => url.length));
  return [
    '',
    `  ${bold('Tillkeeper')} ${dim('· a shop at work; nothing leaves this machine')}`,
    '',
    ...places.map(([name, url, about]) => place({ name, url, about, width })),
    '',
    `  ${bold('Try first')}`,
    ...tries.map(([what, rest], index) => `  ${dim(String(index + 1))}  ${what} ${dim(rest)}`),
    '',
    `  ${dim('Traffic ')} ${traffic[options.traffic]}`,
    `  ${dim('API key ')} ${world.apiKey}`,
    `  ${dim('Log     ')} ${world.logFile}`,
    '',
    `  ${dim('Ctrl-C stops everything and deletes its data.')}`,
    '',
  ].join('\n');
}

function place(input: { name: string; url: string; about: string; width: number }): string {
  const { name, url, about, width } = input;
  const padding = ' '.repeat(width - url.length);
  return `  ${name.padEnd(11)}${link(url)}${about === '' ? '' : `${padding}   ${dim(about)}`}`;
}
